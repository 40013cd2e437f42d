package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionEvent;
import dev.holdfast.sidecar.election.Leadership;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** How this pod stands in each election, and what happened in it. */
final class ElectionMetrics {

    private static final String NO_REASON = "";
    private static final List<String> STATES = List.of("Starting", "Leading", "Following", "NoQuorum", "Stopping");
    private static final List<String> EVENTS =
            List.of("acquired", "at-risk", "recovered", "holder-changed", "no-quorum", "quorum-regained");

    private final List<Election> elections = new CopyOnWriteArrayList<>();
    private final Counter transitions;

    ElectionMetrics(PrometheusRegistry registry) {
        gauge("holdfast_lock_held", "Whether this pod holds the lock now: 1 or 0", ElectionMetrics::held, registry);
        gauge(
                "holdfast_lock_valid_seconds",
                "How long this pod holds the lock if it is not renewed any more",
                ElectionMetrics::validFor,
                registry);
        GaugeWithCallback.builder()
                .name("holdfast_lock_state")
                .help("How this pod stands: 1 for its state, 0 for the others")
                .labelNames("lock", "state")
                .callback(this::states)
                .register(registry);
        transitions = Counter.builder()
                .name("holdfast_lock_transitions_total")
                .help("What happened to the lock, as this pod saw it; why, if it was lost")
                .labelNames("lock", "event", "reason")
                .withoutExemplars()
                .register(registry);
    }

    void add(Election election) {
        String lock = election.lock();
        elections.add(election);
        EVENTS.forEach(event -> transitions.initLabelValues(lock, event, NO_REASON));
        for (ElectionEvent.Reason reason : ElectionEvent.Reason.values()) {
            transitions.initLabelValues(lock, "lost", name(reason));
        }
        election.observe(count(lock));
    }

    private void gauge(String name, String help, ToDoubleFunction<Leadership> value, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("lock")
                .callback(callback -> elections.forEach(
                        election -> callback.call(value.applyAsDouble(election.leadership()), election.lock())))
                .register(registry);
    }

    private void states(GaugeWithCallback.Callback callback) {
        for (Election election : elections) {
            String now = name(election.leadership());
            STATES.forEach(state -> callback.call(state.equals(now) ? 1 : 0, election.lock(), state));
        }
    }

    private Consumer<ElectionEvent> count(String lock) {
        return event -> transitions
                .labelValues(
                        lock, name(event), event instanceof ElectionEvent.Lost lost ? name(lost.reason()) : NO_REASON)
                .inc();
    }

    private static double held(Leadership leadership) {
        return leadership instanceof Leadership.Leading ? 1 : 0;
    }

    private static double validFor(Leadership leadership) {
        return leadership instanceof Leadership.Leading leading
                ? leading.validFor().toNanos() / 1e9
                : 0;
    }

    private static String name(Leadership leadership) {
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

    private static String name(ElectionEvent.Reason reason) {
        return switch (reason) {
            case RESIGNED -> "resigned";
            case HANDED_OVER -> "handed-over";
            case MAX_HOLD -> "max-hold";
            case UNHEALTHY -> "unhealthy";
            case STOPPED -> "stopped";
            case EXPIRED -> "expired";
        };
    }
}
