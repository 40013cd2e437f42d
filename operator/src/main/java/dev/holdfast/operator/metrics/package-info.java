/** What the operator tells of itself: probes and metrics. */
@NullMarked
package dev.holdfast.operator.metrics;

import org.jspecify.annotations.NullMarked;
