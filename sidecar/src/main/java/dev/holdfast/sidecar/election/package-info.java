/**
 * Leader election on one lock: campaign, lead, resign, observe, for ever. Straight-line code on one virtual thread per
 * election; leases are renewed by the engine, whatever this thread does.
 */
@NullMarked
package dev.holdfast.sidecar.election;

import org.jspecify.annotations.NullMarked;
