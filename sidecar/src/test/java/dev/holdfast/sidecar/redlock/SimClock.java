package dev.holdfast.sidecar.redlock;

/**
 * The clocks of a client's machine as functions of true time: three elapsed-time clocks, of which at least one keeps its
 * rate within the drift that the protocol is told of, and a wall clock that may show anything.
 */
final class SimClock {

    static final int BOOTTIME = 0;
    static final int MONOTONIC = 1;
    static final int RAW = 2;

    /** Some day in 2026, in microseconds. */
    private static final long EPOCH = 1_790_000_000_000_000L;

    private final long[] base = new long[3];
    private final long[] since = new long[3];
    private final double[] rates = {1, 1, 1};
    private long wallOffsetMicros;

    SimClock(long origin) {
        for (int clock = 0; clock < base.length; clock++) {
            base[clock] = origin + clock * 1_000_003L;
        }
    }

    Tick at(long now) {
        return new Tick(read(BOOTTIME, now), read(MONOTONIC, now), read(RAW, now));
    }

    long read(int clock, long now) {
        return base[clock] + (long) ((now - since[clock]) * rates[clock]);
    }

    double rate(int clock) {
        return rates[clock];
    }

    void setRate(int clock, double rate, long now) {
        base[clock] = read(clock, now);
        since[clock] = now;
        rates[clock] = rate;
    }

    /** True time at which a clock will have advanced by so much. */
    long after(int clock, long nanos, long now) {
        // A timer that is set while its clock stands still must not sleep on when the clock goes again: it looks too
        // early.
        double rate = Math.max(rates[clock], 0.5);
        return now + Math.max(0, (long) (Math.min(nanos, 1L << 60) / rate));
    }

    void setWall(long offsetMicros) {
        wallOffsetMicros = offsetMicros;
    }

    long wallMicros(long now) {
        return EPOCH + now / 1000 + wallOffsetMicros;
    }
}
