/** The sidecar's HTTP API for the application beside it, and its probes. Vert.x; nothing here ever blocks. */
@NullMarked
package dev.holdfast.sidecar.http;

import org.jspecify.annotations.NullMarked;
