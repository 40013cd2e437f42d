package dev.holdfast.operator;

import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.LockReconciler;
import dev.holdfast.operator.reconcile.NodeSetReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/** The reconcile loops of both resources, on one replica at a time. */
final class Reconciliation implements AutoCloseable {

    private static final int THREADS = 8;

    private final Operator operator;

    /**
     * @param watched the namespaces of locks; empty: all
     * @param leadership absent: no other replica runs
     */
    Reconciliation(
            KubernetesClient client,
            Nodes nodes,
            Set<String> watched,
            Metrics metrics,
            NodeSetReconciler.Settings settings,
            Optional<LeaderElectionConfiguration> leadership) {
        this.operator = new Operator(overrides -> {
            overrides
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withUseSSAToPatchPrimaryResource(true)
                    .withPreviousAnnotationForDependentResources(false)
                    .withConcurrentReconciliationThreads(THREADS)
                    .withMetrics(metrics);
            leadership.ifPresent(overrides::withLeaderElectionConfiguration);
        });
        Clock wallClock = Clock.systemUTC();
        if (watched.isEmpty()) {
            operator.register(new LockReconciler(client, wallClock, System::nanoTime));
            operator.register(new NodeSetReconciler(client, nodes, wallClock, settings));
        } else {
            operator.register(
                    new LockReconciler(client, wallClock, System::nanoTime), it -> it.settingNamespaces(watched));
            operator.register(
                    new NodeSetReconciler(client, nodes, wallClock, settings), it -> it.settingNamespaces(watched));
        }
    }

    /** Returns when the loops run, or at once if another replica leads. */
    void start() {
        operator.start();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
