package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The pauses between attempts to connect to a node. For one thread. */
final class Reconnecting {

    private final Backoff backoff;

    Reconnecting(RandomGenerator random) {
        this.backoff = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(1), random);
    }

    void connected() {
        backoff.reset();
    }

    void pause() {
        try {
            Thread.sleep(backoff.nextPause());
        } catch (InterruptedException _) {
            // Closed: the caller looks.
        }
    }
}
