@NullMarked
package dev.holdfast.operator.reconcile;

import org.jspecify.annotations.NullMarked;
