package dev.holdfast.sidecar.redlock;

import java.util.List;

/** How a release ended. The lease is over in any case. */
public sealed interface Release {

    /** A quorum of nodes confirmed it: the next contender can have the lock now. */
    record Confirmed(int nodes) implements Release {}

    /** Too few nodes confirmed it: the lock is free for others when the lease has run out, or earlier. */
    record Unconfirmed(int nodes, List<NodeFault> faults) implements Release {}
}
