/**
 * The lock protocol: Redlock with witnessed expiry and fencing tokens. Imports nothing but {@code java.*}.
 *
 * <p><b>Guarantee.</b> At most one lease of a lock is held while clocks run at about the same rate and a majority of
 * nodes keeps what it acknowledged; every acquisition carries a fencing token larger than any earlier one.
 *
 * <p><b>Non-guarantee.</b> A stalled application does not stop writing because its lease has ended: only a resource that
 * checks fencing tokens is safe from it.
 *
 * <p>Where to read: {@link dev.holdfast.sidecar.redlock.Attempt} is one acquisition,
 * {@link dev.holdfast.sidecar.redlock.Lease} keeps it, {@link dev.holdfast.sidecar.redlock.Contender} waits for it,
 * {@link dev.holdfast.sidecar.redlock.Admission} decides which nodes may vote, and
 * {@link dev.holdfast.sidecar.redlock.SafetyRules} holds every rule that safety rests on, one function each.
 *
 * <p>Everything here is driven by replies and timers and never blocks, so that a simulation can run this very code on
 * simulated nodes, clocks and networks.
 */
@NullMarked
package dev.holdfast.sidecar.redlock;

import org.jspecify.annotations.NullMarked;
