package dev.holdfast.e2e;

import java.time.Duration;

/**
 * One pod said that it holds.
 *
 * @param at when the answer was there, in System.nanoTime()
 */
record Observation(String pod, long token, long at) {

    Duration since(long began) {
        return Duration.ofNanos(at - began);
    }
}
