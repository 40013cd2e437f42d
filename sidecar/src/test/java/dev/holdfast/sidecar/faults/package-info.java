/** Real faults on real processes: sidecars, Redis servers and the connections between them. */
@NullMarked
package dev.holdfast.sidecar.faults;

import org.jspecify.annotations.NullMarked;
