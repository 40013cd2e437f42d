package dev.holdfast.e2e;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The example as it runs: its pods, its lock, and who holds. */
record Payments(Kube kube, HolderRecorder recorder) {

    static final String NAME = "payments";
    static final Duration LEASE = Duration.ofSeconds(3);
    static final String CONDITION = "holdfast.dev/" + NAME;
    private static final String API = "holdfast.dev/v1alpha1";
    private static final String URL = "http://127.0.0.1:4040/v1/locks/" + NAME;

    /** The first holder with a greater token than this. */
    Observation awaitHolderAfter(long token, Duration atMost) {
        return await("a holder with a token above " + token)
                .atMost(atMost)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> Optional.ofNullable(recorder.latest()).filter(seen -> seen.token() > token),
                        Optional::isPresent)
                .orElseThrow();
    }

    Observation holder() {
        return requireNonNull(recorder.latest(), "nobody has held yet");
    }

    Pod holderPod() {
        return requireNonNull(kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(holder().pod())
                .get());
    }

    List<Pod> pods() {
        return kube.pods("app", NAME).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    Set<String> names() {
        return pods().stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    }

    void awaitReady() {
        await("three ready pods")
                .atMost(Duration.ofMinutes(2))
                .until(() -> pods().stream()
                                .filter(pod -> "True".equals(condition(pod, "Ready")))
                                .count()
                        == 3);
    }

    static String condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(PodCondition::getStatus)
                .findFirst()
                .orElse("absent");
    }

    static String conditionMessage(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(CONDITION))
                .map(PodCondition::getMessage)
                .findFirst()
                .orElse("absent");
    }

    /** What the sidecar says inside a pod. */
    JsonNode stateIn(String pod) {
        return Kube.json(kube.exec(pod, "app", "curl", "-s", URL));
    }

    String heldStatusIn(String pod) {
        return kube.exec(pod, "app", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", URL + "/held");
    }

    void resign(String pod, String body) {
        kube.exec(pod, "app", "curl", "-sf", "-X", "POST", "-d", body, URL + "/resign");
    }

    JsonNode lock() {
        return kube.resource(API, "DistributedLock", NAME);
    }

    JsonNode nodeSet() {
        return kube.resource(API, "RedisNodeSet", "default");
    }

    /** All nodes have a vote again. */
    void awaitFullStrength() {
        await("all three Redis nodes vote").atMost(Duration.ofMinutes(2)).until(() -> {
            for (JsonNode condition : nodeSet().at("/status/conditions")) {
                if (condition.path("type").asText().equals("FullStrength")) {
                    return condition.path("status").asText().equals("True");
                }
            }
            return false;
        });
    }
}
