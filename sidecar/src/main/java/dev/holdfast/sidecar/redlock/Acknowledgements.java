package dev.holdfast.sidecar.redlock;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When each node last acknowledged an attempt, and how long that is worth. Thread-safe; {@link #remaining} takes no lock.
 */
final class Acknowledgements {

    private final SafetyRules rules;
    private final long validity;
    private volatile @Nullable Tick[] counted;

    Acknowledgements(SafetyRules rules, LeaseTiming timing, int nodes) {
        this.rules = rules;
        this.validity = rules.validity(timing);
        this.counted = new @Nullable Tick[nodes];
    }

    /** A node acknowledged a request. An older acknowledgement never replaces a newer one. */
    synchronized void add(int slot, Tick sent, Tick received) {
        Tick counts = rules.countsFrom(sent, received);
        Tick before = counted[slot];
        if (before == null || counts.mostSince(before) > 0) {
            @Nullable Tick[] next = counted.clone();
            next[slot] = counts;
            counted = next;
        }
    }

    /** Nanoseconds for which {@code needed} acknowledgements still count; negative or zero: no longer. */
    long remaining(Tick now, int needed) {
        @Nullable Tick[] sent = counted;
        long[] left = new long[sent.length];
        for (int slot = 0; slot < sent.length; slot++) {
            Tick at = sent[slot];
            left[slot] = at == null ? Long.MIN_VALUE : validity - rules.heldFor(at, now);
        }
        Arrays.sort(left);
        return left[left.length - needed];
    }

    /** Nanoseconds for which this node's acknowledgement still counts; negative or zero: it does not. */
    long remaining(int slot, Tick now) {
        Tick at = counted[slot];
        return at == null ? Long.MIN_VALUE : validity - rules.heldFor(at, now);
    }
}
