package dev.holdfast.sidecar.kubernetes;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing, jittered pauses between attempts. For one thread at a time. */
final class Backoff {

    static final Duration FIRST = Duration.ofMillis(250);
    static final Duration LONGEST = Duration.ofSeconds(15);

    private final RandomGenerator random;
    private Duration next = FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    void reset() {
        next = FIRST;
    }

    /** From half to all of the pause; many sidecars lose the same API server at once. */
    long nextNanos() {
        long nanos = (long) (next.toNanos() * (0.5 + random.nextDouble() / 2));
        Duration twice = next.multipliedBy(2);
        next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        return nanos;
    }
}
