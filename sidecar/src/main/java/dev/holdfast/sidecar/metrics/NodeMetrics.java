package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.Redlock;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** How the nodes of each set stand, as this pod sees them, and what they answer. A node is named by its slot, which stays. */
final class NodeMetrics {

    private static final Map<NodeStatus.State, String> STATES = Map.of(
            NodeStatus.State.VOTING, "Voting",
            NodeStatus.State.QUARANTINED, "Quarantined",
            NodeStatus.State.UNREACHABLE, "Unreachable");

    private final Map<String, Redlock> sets = new ConcurrentHashMap<>();
    private final Counter answers;
    private final Histogram roundTrips;

    NodeMetrics(PrometheusRegistry registry) {
        answers = Counter.builder()
                .name("holdfast_node_answers_total")
                .help("What nodes answered to this pod's requests; no answer in time is unreachable")
                .labelNames("node_set", "node", "answer")
                .withoutExemplars()
                .register(registry);
        roundTrips = new Histograms(registry)
                .ofRoundTrips(
                        "holdfast_node_round_trip_seconds",
                        "How long nodes took to renew leases and to tell their status",
                        "node_set",
                        "node");
        gauge(
                        "holdfast_node_state",
                        "How a node stands: 1 for its state, 0 for the others",
                        "node_set",
                        "node",
                        "state")
                .callback(this::nodeStates)
                .register(registry);
        gauge("holdfast_nodes", "Nodes as this pod sees them", "node_set", "state")
                .callback(this::nodes)
                .register(registry);
        gauge("holdfast_nodes_needed", "Nodes that must vote to take or keep a lock", "node_set")
                .callback(callback -> sets.forEach((set, redlock) -> callback.call(redlock.quorum(), set)))
                .register(registry);
        CounterWithCallback.builder()
                .name("holdfast_node_clock_admissions_total")
                .help("How often this pod had a node admitted although too few others could be read")
                .labelNames("node_set", "node")
                .callback(callback ->
                        eachNode((labels, node) -> callback.call(node.recoveredByClock(), labels.set(), labels.node())))
                .register(registry);
    }

    void add(String nodeSet, Redlock redlock) {
        sets.put(nodeSet, redlock);
    }

    /** The exchanges with each node of a set, slot by slot. */
    List<NodeExchanges> exchanges(String nodeSet, int size) {
        List<NodeExchanges> exchanges = new ArrayList<>();
        for (int slot = 0; slot < size; slot++) {
            exchanges.add(new NodeExchanges(answers, roundTrips, nodeSet, Integer.toString(slot)));
        }
        return List.copyOf(exchanges);
    }

    private void nodeStates(GaugeWithCallback.Callback callback) {
        eachNode((labels, node) -> STATES.forEach(
                (state, name) -> callback.call(node.state() == state ? 1 : 0, labels.set(), labels.node(), name)));
    }

    private void nodes(GaugeWithCallback.Callback callback) {
        sets.forEach((set, redlock) -> {
            Map<NodeStatus.State, Integer> counts = new EnumMap<>(NodeStatus.State.class);
            redlock.nodeStatus().forEach(node -> counts.merge(node.state(), 1, Integer::sum));
            STATES.forEach((state, name) -> callback.call(counts.getOrDefault(state, 0), set, name));
        });
    }

    private void eachNode(BiConsumer<Labels, NodeStatus> action) {
        sets.forEach((set, redlock) -> {
            List<NodeStatus> nodes = redlock.nodeStatus();
            for (int slot = 0; slot < nodes.size(); slot++) {
                action.accept(new Labels(set, Integer.toString(slot)), nodes.get(slot));
            }
        });
    }

    private static GaugeWithCallback.Builder gauge(String name, String help, String... labels) {
        return GaugeWithCallback.builder().name(name).help(help).labelNames(labels);
    }

    private record Labels(String set, String node) {}
}
