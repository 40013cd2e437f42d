package dev.holdfast.sidecar.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Durations in seconds, with few buckets: each is a series. */
final class Histograms {

    /** From a round trip in memory to the longest time-out of a request. */
    private static final double[] ROUND_TRIPS = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5};

    private static final double[] HAND_OVERS = {0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

    /** From a free lock to that of a leader that works for an hour. */
    private static final double[] WAITS = {0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 600, 3600};

    /** From a short critical section to a leader of a week. */
    private static final double[] HOLDS = {0.01, 0.1, 1, 10, 60, 600, 3600, 21_600, 86_400, 604_800};

    private final PrometheusRegistry registry;

    Histograms(PrometheusRegistry registry) {
        this.registry = registry;
    }

    Histogram ofRoundTrips(String name, String help, String... labels) {
        return of(name, help, ROUND_TRIPS, labels);
    }

    Histogram ofHandOvers(String name, String help, String... labels) {
        return of(name, help, HAND_OVERS, labels);
    }

    Histogram ofWaits(String name, String help, String... labels) {
        return of(name, help, WAITS, labels);
    }

    Histogram ofHolds(String name, String help, String... labels) {
        return of(name, help, HOLDS, labels);
    }

    private Histogram of(String name, String help, double[] bounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }
}
