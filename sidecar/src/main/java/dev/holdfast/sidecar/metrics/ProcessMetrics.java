package dev.holdfast.sidecar.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.LongSupplier;

/** What is known of any process. */
final class ProcessMetrics {

    private ProcessMetrics() {}

    static void register(PrometheusRegistry registry) {
        Runtime runtime = Runtime.getRuntime();
        heap("jvm_memory_used_bytes", "Memory in use", () -> runtime.totalMemory() - runtime.freeMemory(), registry);
        heap("jvm_memory_max_bytes", "Memory that may be used at most", runtime::maxMemory, registry);
        ProcessHandle.current()
                .info()
                .startInstant()
                .ifPresent(start -> GaugeWithCallback.builder()
                        .name("process_start_time_seconds")
                        .help("When this process started, since 1970")
                        .callback(callback -> callback.call(start.toEpochMilli() / 1e3))
                        .register(registry));
    }

    private static void heap(String name, String help, LongSupplier bytes, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("area")
                .callback(callback -> callback.call((double) bytes.getAsLong(), "heap"))
                .register(registry);
    }
}
