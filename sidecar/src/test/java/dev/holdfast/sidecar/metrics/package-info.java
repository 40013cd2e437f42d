@NullMarked
package dev.holdfast.sidecar.metrics;

import org.jspecify.annotations.NullMarked;
