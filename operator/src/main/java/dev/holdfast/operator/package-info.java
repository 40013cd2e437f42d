/** The operator: keeps what locks need in the cluster, and shows who holds them. */
@NullMarked
package dev.holdfast.operator;

import org.jspecify.annotations.NullMarked;
