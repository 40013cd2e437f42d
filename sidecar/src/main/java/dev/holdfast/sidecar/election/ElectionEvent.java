package dev.holdfast.sidecar.election;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Holder;
import java.time.Duration;
import java.util.Optional;

/** What happens in an election, seen from one pod. */
public sealed interface ElectionEvent {

    /** This pod leads. */
    record Acquired(long fencingToken) implements ElectionEvent {}

    /** A renewal failed and less than half is left: leadership is lost when {@code validFor} has passed unless one succeeds. */
    record AtRisk(long fencingToken, Duration validFor) implements ElectionEvent {}

    /** Renewals succeed again. */
    record Recovered(long fencingToken, Duration validFor) implements ElectionEvent {}

    /** This pod does not lead any more. Comes before anybody else can be told that it leads. */
    record Lost(long fencingToken, Reason reason) implements ElectionEvent {}

    /** Another leads now, or nobody. */
    record HolderChanged(Optional<Holder> holder) implements ElectionEvent {}

    /** Too few nodes vote from now on; the refusal says which do not, and why. */
    record NoQuorum(Acquisition.NoQuorum refusal) implements ElectionEvent {}

    /** Enough nodes vote again, after too few of them did. */
    record QuorumRegained() implements ElectionEvent {}

    /** Why leadership ended. */
    enum Reason {
        /** Asked to hand over. */
        RESIGNED,
        /** Asked to hand over to a pod that was named. */
        HANDED_OVER,
        /** {@code maxHold} was over. */
        MAX_HOLD,
        /** The application is unhealthy. */
        UNHEALTHY,
        /** The process ends. */
        STOPPED,
        /** Not renewed by a quorum in time. */
        EXPIRED
    }
}
