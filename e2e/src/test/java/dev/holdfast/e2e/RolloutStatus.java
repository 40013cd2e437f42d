package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What {@code kubectl rollout status} says of a Deployment: by kubectl where there is one, else by its condition. */
record RolloutStatus(Kube kube, Optional<Kubectl> kubectl) {

    static RolloutStatus of(Kube kube, Path kubeconfig) {
        return new RolloutStatus(kube, Kubectl.find(kubeconfig, kube.namespace()));
    }

    /** Who says it. */
    String by() {
        return kubectl.map(it -> "kubectl rollout status").orElse("the condition of kubectl rollout status");
    }

    /** Waits until the rollout has ended; says whether it has. */
    Kubectl.Result of(String deployment, Duration atMost) {
        return kubectl.map(it -> it.run(
                        "rollout", "status", "deployment/" + deployment, "--timeout=" + atMost.toSeconds() + "s"))
                .orElseGet(() -> byCondition(deployment, atMost));
    }

    private Kubectl.Result byCondition(String deployment, Duration atMost) {
        try {
            Awaitility.await().atMost(atMost).until(() -> hasEnded(kube.resource("apps/v1", "Deployment", deployment)));
            return new Kubectl.Result(0, "successfully rolled out");
        } catch (ConditionTimeoutException _) {
            return new Kubectl.Result(1, "timed out waiting for the condition");
        }
    }

    private static boolean hasEnded(JsonNode deployment) {
        JsonNode status = deployment.path("status");
        int updated = status.path("updatedReplicas").asInt();
        return deployment.at("/metadata/generation").asLong()
                        <= status.path("observedGeneration").asLong()
                && updated == deployment.at("/spec/replicas").asInt()
                && updated == status.path("replicas").asInt()
                && updated == status.path("availableReplicas").asInt();
    }
}
