package dev.holdfast.operator;

import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.LockReconciler;
import dev.holdfast.operator.reconcile.NodeSetReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The reconcile loops of both resources, for one term of leadership. */
final class Reconciliation implements Leadership.Term {

    private static final int AT_A_TIME = 32;
    private static final Duration LAST_WORDS = Duration.ofSeconds(4);

    private final Operator operator;

    /**
     * Loops that do not run yet.
     *
     * @param watched the namespaces of locks; empty: all
     * @param defaultNodeSet of the spec of RedisNodeSet {@code default}, where the operator makes it
     */
    Reconciliation(
            KubernetesClient client,
            Nodes nodes,
            Set<String> watched,
            NodeSetReconciler.Settings settings,
            Map<String, Object> defaultNodeSet,
            Metrics metrics) {
        ReconcileThreads threads = new ReconcileThreads(AT_A_TIME);
        this.operator = new Operator(overrides -> overrides
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withUseSSAToPatchPrimaryResource(true)
                .withPreviousAnnotationForDependentResources(false)
                .withExecutorService(threads)
                // The next term is another replica's.
                .withReconciliationTerminationTimeout(LAST_WORDS)
                .withMetrics(metrics));
        Clock wallClock = Clock.systemUTC();
        LockReconciler locks = new LockReconciler(client, wallClock, System::nanoTime, defaultNodeSet);
        NodeSetReconciler nodeSets =
                new NodeSetReconciler(client, new PatientNodes(nodes, threads), wallClock, settings);
        if (watched.isEmpty()) {
            operator.register(locks);
            operator.register(nodeSets);
        } else {
            operator.register(locks, it -> it.settingNamespaces(watched));
            operator.register(nodeSets, it -> it.settingNamespaces(watched));
        }
    }

    /** Returns when the loops run; throws if the API server does not let them. */
    void start() {
        operator.start();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
