package dev.holdfast.e2e;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Takes pods away as {@code kubectl drain} does: by evictions, which disruption budgets may refuse. */
record Drain(Kube kube, KubernetesClient impatient) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    static Drain of(Kube kube) {
        // A refusal is an answer here, and nothing to be tried again by the client itself.
        return new Drain(
                kube,
                new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder(kube.client().getConfiguration())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                        .build());
    }

    /** Whether the eviction was accepted; a budget that has nothing to give refuses it. */
    boolean evict(String pod) {
        return impatient.pods().inNamespace(kube.namespace()).withName(pod).evict();
    }

    /** Asks again until it is accepted, and waits until the pod is gone. */
    void evictInTheEnd(String pod) {
        Awaitility.await("eviction of " + pod)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> evict(pod));
        awaitGone(pod);
    }

    void awaitGone(String pod) {
        kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(pod)
                .waitUntilCondition(Objects::isNull, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** A budget for a workload's pods, known to the controller that keeps it. */
    void budget(String app, String limit) {
        kube.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: %1$s}
                spec:
                  %2$s
                  selector: {matchLabels: {app: %1$s}}
                """.formatted(app, limit));
        Awaitility.await("a budget that is counted").atMost(PATIENCE).until(() -> {
            var budget = kube.resource("policy/v1", "PodDisruptionBudget", app);
            return budget.at("/status/observedGeneration").asLong()
                            == budget.at("/metadata/generation").asLong()
                    && budget.at("/status/expectedPods").asInt() > 0;
        });
    }

    @Override
    public void close() {
        impatient.close();
    }
}
