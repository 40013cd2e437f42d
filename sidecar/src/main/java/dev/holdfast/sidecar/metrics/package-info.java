/** What this process tells a Prometheus: names, units and help texts of all its metrics. */
@NullMarked
package dev.holdfast.sidecar.metrics;

import org.jspecify.annotations.NullMarked;
