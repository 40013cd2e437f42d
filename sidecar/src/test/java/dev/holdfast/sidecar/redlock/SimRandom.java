package dev.holdfast.sidecar.redlock;

import java.util.random.RandomGenerator;

/** SplitMix64: small, fast, and the same on every Java. */
final class SimRandom implements RandomGenerator {

    private long state;

    SimRandom(long seed) {
        this.state = seed * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
        nextLong();
    }

    @Override
    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    boolean percent(double chance) {
        return nextDouble() * 100 < chance;
    }

    /** From 0 up to, not including, {@code bound}. */
    long below(long bound) {
        return bound <= 1 ? 0 : (long) (nextDouble() * bound);
    }

    long between(long low, long high) {
        return low + below(high - low);
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[(int) below(choices.length)];
    }
}
