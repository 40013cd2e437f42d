package dev.holdfast.operator;

import dev.holdfast.operator.reconcile.NodeSetReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The reconcile loops as one process would run them, for one namespace; its requests carry a name of their own. */
final class Loops implements AutoCloseable {

    static final Duration SECRETS_ARRIVE_WITHIN = Duration.ofSeconds(8);

    final FakeNodes nodes;
    /** Other than the definition's, which no test counts on. */
    static final Map<String, Object> DEFAULT_NODE_SET =
            Map.of("image", "registry.example/valkey:8", "imagePullSecrets", List.of(Map.of("name", "registry")));

    private final ApiServer server;
    private final String agent;
    private final KubernetesClient client;
    private final Reconciliation reconciliation;

    private Loops(ApiServer server, TestNamespace namespace, FakeNodes nodes) {
        this.server = server;
        this.nodes = nodes;
        this.agent = "loops-of-" + namespace.name() + '-' + System.nanoTime();
        this.client = new KubernetesClientBuilder()
                .withConfig(server.config().withUserAgent(agent).build())
                .build();
        this.reconciliation = new Reconciliation(
                client,
                nodes,
                Set.of(namespace.name()),
                new NodeSetReconciler.Settings("holdfast-system", SECRETS_ARRIVE_WITHIN),
                DEFAULT_NODE_SET,
                Metrics.NOOP);
    }

    static Loops start(ApiServer server, TestNamespace namespace) {
        return start(
                server,
                namespace,
                new FakeNodes(set -> namespace
                        .nodeSetCondition(set.getMetadata().getName(), "Admitted")
                        .getReason()));
    }

    /** @param nodes of an earlier process */
    static Loops start(ApiServer server, TestNamespace namespace, FakeNodes nodes) {
        Loops loops = new Loops(server, namespace, nodes);
        loops.reconciliation.start();
        return loops;
    }

    /** What this process has asked the API server for. */
    List<ApiCall> calls() {
        return server.audit().callsOfAgent(agent);
    }

    @Override
    public void close() {
        reconciliation.close();
        client.close();
    }
}
