package dev.holdfast.sidecar.election;

import dev.holdfast.sidecar.redlock.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How this pod stands in an election at one instant. */
public sealed interface Leadership {

    /** It has not heard from a quorum of nodes yet. */
    record Starting() implements Leadership {}

    /**
     * It leads.
     *
     * @param validFor from the instant at which this was asked
     * @param since wall time, for people
     */
    record Leading(long fencingToken, Duration validFor, Instant since) implements Leadership {}

    /** Another leads, or nobody does yet. */
    record Following(Optional<Holder> holder) implements Leadership {}

    /** Too few nodes vote: nobody can begin to lead. */
    record NoQuorum(Optional<Holder> holder) implements Leadership {}

    /** It has stopped campaigning for good. */
    record Stopping() implements Leadership {}
}
