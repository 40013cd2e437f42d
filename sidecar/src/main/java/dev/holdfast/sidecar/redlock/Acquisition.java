package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.List;

/** How an attempt to acquire a lock ended. */
public sealed interface Acquisition {

    /** The lock is held here. The lease is renewed until it is released or lost. */
    record Acquired(Lease lease) implements Acquisition {}

    /**
     * Somebody else has it.
     *
     * @param retryAfter when it is worth another try, if the holder vanishes now
     */
    record HeldByAnother(Holder holder, Duration retryAfter) implements Acquisition {}

    /** Nobody has it, but contenders got in each other's way, or the answers came too late to count. */
    record Contended(Duration retryAfter) implements Acquisition {}

    /** Too few nodes voted. */
    record NoQuorum(int votes, int needed, List<NodeFault> faults) implements Acquisition {
        @Override
        public String toString() {
            return "no quorum: " + votes + " of " + needed + " needed nodes voted; " + faults;
        }
    }

    /** The asker gave up, or the process shuts down. */
    record Cancelled() implements Acquisition {}
}
