package dev.holdfast.sidecar.redlock;

/** The only source of elapsed time. Implementations are thread-safe and never go backwards. */
@FunctionalInterface
public interface MonotonicClock {

    /** Reads all clocks now. */
    Tick now();
}
