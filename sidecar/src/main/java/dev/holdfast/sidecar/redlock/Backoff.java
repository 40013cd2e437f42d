package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing, jittered pauses between attempts: many processes lose the same server at once. For one thread at a time. */
public final class Backoff {

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private Duration next;

    /** Pauses that double from the first to the longest. */
    public Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.next = first;
    }

    /** After a success: the next pause is the first again. */
    public void reset() {
        next = first;
    }

    /** The next pause: from half to all of it. */
    public Duration nextPause() {
        Duration pause = Duration.ofNanos((long) (next.toNanos() * (0.5 + random.nextDouble() / 2)));
        Duration twice = next.multipliedBy(2);
        next = twice.compareTo(longest) < 0 ? twice : longest;
        return pause;
    }
}
