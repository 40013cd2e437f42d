package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.List;

/** How one round of renewal ended. */
public sealed interface Renewal {

    /** A quorum acknowledged this round. */
    record Renewed(Duration validFor) implements Renewal {}

    /** No quorum acknowledged this round; the lease is still valid for so long. */
    record Missed(Duration validFor, List<NodeFault> faults) implements Renewal {}

    /** The lease is over; it is not revived. */
    record Lost() implements Renewal {}
}
