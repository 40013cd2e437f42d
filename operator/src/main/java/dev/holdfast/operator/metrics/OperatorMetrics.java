package dev.holdfast.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What an operator counts, for Prometheus: of kinds of resources, never of single ones. Thread-safe. */
public final class OperatorMetrics {

    /** Of the loops' gauges, which are bound to the objects of one term. */
    private static final String LOOPS = "operator.sdk.";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public OperatorMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
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
}
