package dev.holdfast.sidecar.redis;

import java.util.random.RandomGenerator;

/** Growing, jittered pauses between attempts to connect. For one thread. */
final class Backoff {

    private static final long FIRST_MILLIS = 20;
    private static final long LONGEST_MILLIS = 1000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    void reset() {
        millis = FIRST_MILLIS;
    }

    void sleep() {
        try {
            Thread.sleep((long) (millis * (0.5 + random.nextDouble() / 2)));
        } catch (InterruptedException _) {
            // Closed: the caller looks.
        }
        millis = Math.min(millis * 2, LONGEST_MILLIS);
    }
}
