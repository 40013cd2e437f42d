package dev.holdfast.sidecar.redlock;

import java.time.Duration;

/** What a holder is told about its lease. */
public sealed interface LeaseEvent {

    /** A renewal failed and less than half is left; the lease is lost when {@code validFor} has passed unless one succeeds. */
    record AtRisk(Duration validFor) implements LeaseEvent {}

    /** The lease was at risk and is safe again. */
    record Recovered(Duration validFor) implements LeaseEvent {}

    /** {@code maxHold} is over. The lease is not renewed any more: release it. */
    record Overdue(Duration validFor) implements LeaseEvent {}

    /** The lease is over. Sent once, as the last event. */
    record Ended(Ending ending) implements LeaseEvent {}

    /** Why a lease is over. */
    enum Ending {
        /** By its holder. */
        RELEASED,
        /** Not renewed by a quorum in time. */
        LOST,
        /** Not renewed any more after {@code maxHold}, nor released. */
        OVERDUE
    }
}
