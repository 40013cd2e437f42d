package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionEvent;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.Redlock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The metrics of this process, gauges computed as they are scraped. No fencing token is among them. */
public final class SidecarMetrics {

    private static final List<String> STATES = List.of("Starting", "Leading", "Following", "NoQuorum", "Stopping");
    private static final Map<NodeStatus.State, String> NODE_STATES = Map.of(
            NodeStatus.State.VOTING, "Voting",
            NodeStatus.State.QUARANTINED, "Quarantined",
            NodeStatus.State.UNREACHABLE, "Unreachable");
    private static final List<String> EVENTS =
            List.of("acquired", "at-risk", "recovered", "lost", "holder-changed", "no-quorum", "quorum-regained");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private LongSupplier podConditionFailures = () -> 0;

    /** With what is known of any process. */
    public SidecarMetrics() {
        Runtime runtime = Runtime.getRuntime();
        gauge("jvm.memory.used", "Memory in use", () -> runtime.totalMemory() - runtime.freeMemory())
                .baseUnit("bytes")
                .tag("area", "heap")
                .register(registry);
        gauge("jvm.memory.max", "Memory that may be used at most", runtime::maxMemory)
                .baseUnit("bytes")
                .tag("area", "heap")
                .register(registry);
        ProcessHandle.current()
                .info()
                .startInstant()
                .ifPresent(start -> gauge(
                                "process.start.time", "When this process started, since 1970", start::getEpochSecond)
                        .baseUnit("seconds")
                        .register(registry));
    }

    /** Adds an election; before it starts, or its first transitions are not counted. */
    public void add(Election election) {
        String lock = election.lock();
        gauge("holdfast.lock.held", "Whether this pod holds the lock now: 1 or 0", () -> held(election))
                .tag("lock", lock)
                .register(registry);
        gauge("holdfast.lock.valid", "How long this pod holds the lock if it is not renewed any more", () -> {
                    return seconds(validFor(election));
                })
                .baseUnit("seconds")
                .tag("lock", lock)
                .register(registry);
        for (String state : STATES) {
            gauge("holdfast.lock.state", "How this pod stands: 1 for its state, 0 for the others", () -> {
                        return state(election.leadership()).equals(state) ? 1 : 0;
                    })
                    .tag("lock", lock)
                    .tag("state", state)
                    .register(registry);
        }
        election.observe(transitions(lock));
    }

    /** Adds a node set. */
    public void add(String nodeSet, Redlock redlock) {
        NODE_STATES.forEach((state, name) -> gauge(
                        "holdfast.nodes",
                        "Nodes as this pod sees them",
                        () -> redlock.nodeStatus().stream()
                                .filter(node -> node.state() == state)
                                .count())
                .tag("node_set", nodeSet)
                .tag("state", name)
                .register(registry));
        gauge("holdfast.nodes.needed", "Nodes that must vote to take or keep a lock", redlock::quorum)
                .tag("node_set", nodeSet)
                .register(registry);
    }

    /** Adds the count of requests for a pod condition that failed. */
    public void addPodConditionFailures(LongSupplier failures) {
        podConditionFailures = failures;
        // The registry would forget the supplier itself: it keeps no more than a weak reference.
        FunctionCounter.builder("holdfast.pod.condition.failures", this, it -> it.podConditionFailures.getAsLong())
                .description("Requests to the API server for a condition of this pod that failed")
                .register(registry);
    }

    /** All metrics as they are now, in the Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    private Consumer<ElectionEvent> transitions(String lock) {
        Map<String, Counter> counters = new TreeMap<>();
        EVENTS.forEach(event -> counters.put(
                event,
                Counter.builder("holdfast.lock.transitions")
                        .description("What happened to the lock, as this pod saw it")
                        .tag("lock", lock)
                        .tag("event", event)
                        .register(registry)));
        return event -> {
            Counter counter = counters.get(name(event));
            if (counter != null) {
                counter.increment();
            }
        };
    }

    private static Gauge.Builder<Supplier<Number>> gauge(String name, String help, Supplier<Number> value) {
        return Gauge.builder(name, value).description(help);
    }

    private static int held(Election election) {
        return election.leadership() instanceof Leadership.Leading ? 1 : 0;
    }

    private static Duration validFor(Election election) {
        return election.leadership() instanceof Leadership.Leading leading ? leading.validFor() : Duration.ZERO;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String state(Leadership leadership) {
        return switch (leadership) {
            case Leadership.Starting _ -> "Starting";
            case Leadership.Leading _ -> "Leading";
            case Leadership.Following _ -> "Following";
            case Leadership.NoQuorum _ -> "NoQuorum";
            case Leadership.Stopping _ -> "Stopping";
        };
    }

    private static String name(ElectionEvent event) {
        return switch (event) {
            case ElectionEvent.Acquired _ -> "acquired";
            case ElectionEvent.AtRisk _ -> "at-risk";
            case ElectionEvent.Recovered _ -> "recovered";
            case ElectionEvent.Lost _ -> "lost";
            case ElectionEvent.HolderChanged _ -> "holder-changed";
            case ElectionEvent.NoQuorum _ -> "no-quorum";
            case ElectionEvent.QuorumRegained _ -> "quorum-regained";
        };
    }
}
