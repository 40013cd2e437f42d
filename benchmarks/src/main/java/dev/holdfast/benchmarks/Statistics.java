package dev.holdfast.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Percentiles over all samples of all rounds, and how far the rounds' own medians lie apart. Nanoseconds. */
final class Statistics {
    private final long[] sorted;
    private final long[] medians;

    Statistics(List<long[]> rounds) {
        sorted = sorted(rounds.stream().flatMapToLong(Arrays::stream).toArray());
        medians = sorted(rounds.stream()
                .mapToLong(round -> percentile(sorted(round), 0.5))
                .toArray());
    }

    long lowestMedian() {
        return percentile(medians, 0);
    }

    /** What to compare where rounds are equally long: the pooled median favours the rounds that were fast and gave more. */
    long medianRound() {
        return percentile(medians, 0.5);
    }

    long highestMedian() {
        return percentile(medians, 1);
    }

    long p50() {
        return percentile(sorted, 0.5);
    }

    long p99() {
        return percentile(sorted, 0.99);
    }

    long max() {
        return percentile(sorted, 1);
    }

    long min() {
        return percentile(sorted, 0);
    }

    int count() {
        return sorted.length;
    }

    /** The smallest sample that is no less than the given share of all. */
    private static long percentile(long[] sorted, double share) {
        return sorted[Math.clamp((long) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }

    private static long[] sorted(long[] samples) {
        var copy = samples.clone();
        Arrays.sort(copy);
        return copy;
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
    }
}
