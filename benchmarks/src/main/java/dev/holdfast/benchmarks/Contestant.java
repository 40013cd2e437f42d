package dev.holdfast.benchmarks;

import java.time.Duration;
import java.util.Optional;

/** One side of the comparison. */
interface Contestant {
    String name();

    /** Why it cannot run on this machine; empty when it can. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** Called once, before the first client is opened. */
    default void prepare(Testbed testbed) throws Exception {}

    /** A client with connections of its own; {@code lease} is what its holds live for after their holder's death. */
    LockClient client(Testbed testbed, Duration lease) throws Exception;

    /** Acquire + release over and over; a contestant that is not a Java library runs the loop in its own process. */
    default PairLoop pairs(Testbed testbed) throws Exception {
        return new InProcessPairs(client(testbed, Duration.ofSeconds(30)), name().replace(' ', '-'));
    }
}
