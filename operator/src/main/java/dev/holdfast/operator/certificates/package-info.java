/**
 * The webhook's certificates, without another program: a CA of its own and a leaf that is renewed long before its end.
 *
 * <p>All replicas serve the one pair that lies in a Secret, and any of them makes and renews it. Whoever reads that
 * Secret can pose as the webhook; it lies in the operator's namespace, where only the operator should read.
 */
@NullMarked
package dev.holdfast.operator.certificates;

import org.jspecify.annotations.NullMarked;
