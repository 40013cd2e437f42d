package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;

/** The operator's Deployment, and its replicas. */
record Operator(Kube kube) {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Returns when so many replicas are ready, and no other is left. */
    void scale(int replicas) {
        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName("holdfast-operator")
                .scale(replicas);
        await("operator at " + replicas).atMost(PATIENCE).until(() -> {
            List<Pod> pods = kube.pods("app.kubernetes.io/component", "operator");
            return pods.size() == replicas
                    && pods.stream().allMatch(pod -> "True".equals(Payments.condition(pod, "Ready")));
        });
    }
}
