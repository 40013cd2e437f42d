package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.config.DurationText;
import java.time.Duration;

/** How short and how long a duration may be. */
record DurationLimits(Duration least, Duration most) {

    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    static final DurationLimits TIMEOUT = new DurationLimits(SHORTEST, LONGEST_WAIT);
    static final DurationLimits STAND_DOWN = new DurationLimits(SHORTEST, Duration.ofDays(1));
    static final DurationLimits WAIT = new DurationLimits(Duration.ZERO, LONGEST_WAIT);

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if it is none or beyond the limits, with what is allowed
     */
    Duration parse(String name, String text) {
        Duration duration;
        try {
            duration = DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
        }
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + text + "; allowed: " + least.toMillis() + "ms to " + most.toSeconds() + "s");
        }
        return duration;
    }
}
