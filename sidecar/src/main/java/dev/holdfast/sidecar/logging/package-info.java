/**
 * What SLF4J writes to: one line per event on standard error, as JSON or as text. Found by SLF4J itself; no other package
 * knows it. The operator logs by it as well.
 */
@NullMarked
package dev.holdfast.sidecar.logging;

import org.jspecify.annotations.NullMarked;
