package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** The pods of one example's application, and what they print. */
record ExamplePods(Kube kube, String app, String container) {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Those that are not being deleted. */
    List<Pod> all() {
        return kube.pods("app", app).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    Pod named(String name) {
        return Objects.requireNonNull(
                kube.client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withName(name)
                        .get(),
                name);
    }

    /** Pod by pod, of the containers that run now. */
    List<String> lines() {
        return all().stream()
                .flatMap(pod -> lines(pod.getMetadata().getName()).stream())
                .toList();
    }

    List<String> lines(String pod) {
        try {
            String log = kube.client()
                    .pods()
                    .inNamespace(kube.namespace())
                    .withName(pod)
                    .inContainer(container)
                    .getLog();
            return log == null ? List.of() : log.lines().toList();
        } catch (KubernetesClientException _) {
            return List.of(); // Its container has not started.
        }
    }

    /** Waits for such a line; gives the first. */
    String awaitLine(String what, Predicate<String> such) {
        return await(what)
                .atMost(PATIENCE)
                .until(() -> lines().stream().filter(such).toList(), found -> !found.isEmpty())
                .getFirst();
    }
}
