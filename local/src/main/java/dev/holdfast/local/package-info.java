/**
 * The whole system on one machine: real Redis processes and real sidecars, each a process of its own, with nothing
 * simulated. {@code local} is a laptop's stand-in for a cluster, {@code demo} shows what Holdfast promises and checks it.
 */
@NullMarked
package dev.holdfast.local;

import org.jspecify.annotations.NullMarked;
