package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * The metrics of this process, gauges computed as they are scraped. No fencing token and no key of a Mutex lock is among
 * them. Thread-safe.
 */
public final class SidecarMetrics {

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final LeaseMetrics leases = new LeaseMetrics(registry);
    private final ElectionMetrics elections = new ElectionMetrics(registry);
    private final NodeMetrics nodes = new NodeMetrics(registry);

    /** With what is known of any process. */
    public SidecarMetrics() {
        ProcessMetrics.register(registry);
    }

    /** Adds an election; before it starts, or its first transitions are not counted. */
    public void add(Election election) {
        leases.add(election.lock());
        elections.add(election);
    }

    /** Adds a Mutex lock, whose keys share its series. */
    public void add(String mutex) {
        leases.add(mutex);
    }

    /**
     * What a node set's engine is to be given.
     *
     * @param size how many nodes the set has
     */
    public RedlockObserver observer(String nodeSet, int size) {
        return new EngineMetrics(leases, nodes.exchanges(nodeSet, size));
    }

    /** Adds how a node set's nodes stand. */
    public void add(String nodeSet, Redlock redlock) {
        nodes.add(nodeSet, redlock);
    }

    /** Adds the count of requests for a pod condition that failed. */
    public void addPodConditionFailures(LongSupplier failures) {
        CounterWithCallback.builder()
                .name("holdfast_pod_condition_failures_total")
                .help("Requests to the API server for a condition of this pod that failed")
                .callback(callback -> callback.call((double) failures.getAsLong()))
                .register(registry);
    }

    /** All metrics as they are now, in the Prometheus text format. */
    public String scrape() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            writer.write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
