package dev.holdfast.sidecar.redlock;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * All that the engine takes from the outside world besides its nodes.
 *
 * @param clock elapsed time, for everything that decides
 * @param drift the largest rate error of {@code clock} between any two processes, e.g. 0.05
 * @param wallMicros microseconds since 1970: a hint for fencing tokens, never trusted
 * @param timers runs tasks later
 * @param random for attempt ids (128 random bits must not repeat) and for jitter; thread-safe
 */
public record Environment(
        MonotonicClock clock, double drift, LongSupplier wallMicros, Timers timers, RandomGenerator random) {}
