package dev.holdfast.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What an operator counts, for Prometheus: of kinds of resources, never of single ones. Thread-safe. */
public final class OperatorMetrics {

    /** What the loops' library counts. */
    private static final String LOOPS = "operator.sdk.";

    /** Retries go on without end, and each would be a series of its own. */
    private static final String[] UNBOUNDED_OR_CONSTANT = {
        "reconciliations.retries.number",
        "reconciliations.retries.last",
        "scope",
        "group",
        "version",
        "resource.scope",
        "resource.group",
        "resource.version",
        "resource.kind"
    };

    private static final double[] BUCKETS = Stream.of(5L, 20L, 100L, 500L, 1_000L, 5_000L, 30_000L)
            .mapToDouble(millis -> Duration.ofMillis(millis).toNanos())
            .toArray();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public OperatorMetrics() {
        registry.config()
                .meterFilter(MeterFilter.ignoreTags(UNBOUNDED_OR_CONSTANT))
                .meterFilter(new FewBuckets());
        Runtime runtime = Runtime.getRuntime();
        heap("jvm.memory.used", "Heap in use", runtime, it -> it.totalMemory() - it.freeMemory());
        heap("jvm.memory.max", "The most heap that there may be", runtime, Runtime::maxMemory);
        ProcessHandle.current()
                .info()
                .startInstant()
                .ifPresent(start -> Gauge.builder("process.start.time", () -> start.toEpochMilli() / 1e3)
                        .baseUnit("seconds")
                        .description("When this process started, since 1970")
                        .register(registry));
    }

    private void heap(String name, String description, Runtime runtime, ToDoubleFunction<Runtime> bytes) {
        Gauge.builder(name, runtime, bytes)
                .baseUnit("bytes")
                .tag("area", "heap")
                .description(description)
                .register(registry);
    }

    /** Both texts come from small fixed sets. */
    public void countAdmission(String decision, String reason) {
        registry.counter("holdfast.admissions", "decision", decision, "reason", reason)
                .increment();
    }

    public void showLeading(BooleanSupplier leading) {
        Gauge.builder("holdfast.operator.leading", leading, it -> it.getAsBoolean() ? 1 : 0)
                .description("1 if this replica reconciles")
                .strongReference(true)
                .register(registry);
    }

    /** A registry in which the gauges of an earlier term do not stand in the way of those of the next. */
    public MeterRegistry freshForATerm() {
        List<Meter> gauges = registry.getMeters().stream()
                .filter(meter ->
                        meter instanceof Gauge && meter.getId().getName().startsWith(LOOPS))
                .toList();
        gauges.forEach(registry::remove);
        return registry;
    }

    /** All of it, in Prometheus's text format. */
    public String scrape() {
        return registry.scrape();
    }

    /** Where the library would make some seventy for each kind and outcome. */
    private static final class FewBuckets implements MeterFilter {
        @Override
        public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
            return id.getName().startsWith(LOOPS)
                    ? DistributionStatisticConfig.builder()
                            .percentilesHistogram(false)
                            .serviceLevelObjectives(BUCKETS)
                            .build()
                            .merge(config)
                    : config;
        }
    }
}
