/**
 * The webhook's certificates. Without another program ({@code WebhookCertificates}): a CA of its own and a leaf that is
 * renewed long before its end. All replicas serve the one pair that lies in a Secret, and any of them makes and renews it.
 * Whoever reads that Secret can pose as the webhook; it lies in the operator's namespace, where only the operator should read.
 *
 * <p>Or somebody else makes them, and a kubelet mounts them ({@code MountedCertificate}): then nothing is asked of the API
 * server, and who signed them is told to it by others as well.
 */
@NullMarked
package dev.holdfast.operator.certificates;

import org.jspecify.annotations.NullMarked;
