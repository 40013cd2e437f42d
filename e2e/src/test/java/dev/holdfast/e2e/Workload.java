package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pods that compete for a lock and answer with what their sidecars say of it; the lock has the workload's name.
 *
 * @param values of the tests' chart
 */
record Workload(Kube kube, String name, Map<String, Object> values) {

    static final Duration LEASE = Duration.ofSeconds(3);

    private static final Path CHART = Project.ROOT.resolve("e2e/src/test/resources/workload");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String NODE_SET = """
            apiVersion: holdfast.dev/v1alpha1
            kind: RedisNodeSet
            metadata:
              name: default
            spec:
              nodes: 3
              maxLeaseDuration: 5s
            """;

    /** All pods are Ready, and Holdfast's Service reaches the holder alone. */
    static Workload withService(Kube kube, String name) {
        return new Workload(kube, name, Map.of())
                .declare("{service: {ports: [{port: 80, targetPort: 8080}]}}")
                .with("name", name);
    }

    /** The holder alone is Ready, and so alone reached by a Service that selects all pods. */
    static Workload withGate(Kube kube, String name) {
        kube.apply("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: %1$s
                spec:
                  selector: {app: %1$s}
                  ports: [{port: 80, targetPort: 8080}]
                """.formatted(name));
        return new Workload(kube, name, Map.of())
                .declare("{readinessGate: Holder}")
                .with("name", name);
    }

    private Workload declare(String exposure) {
        FencedStore.start(kube);
        kube.apply(Images.into(NODE_SET));
        kube.apply("""
                apiVersion: holdfast.dev/v1alpha1
                kind: DistributedLock
                metadata:
                  name: %s
                spec:
                  leaseDuration: 3s
                  exposure: %s
                """.formatted(name, exposure));
        kube.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withData(Map.of("server.pl", server()))
                        .build())
                .inNamespace(kube.namespace())
                .serverSideApply();
        return this;
    }

    /** The application of the example leader-election. */
    private String server() {
        try {
            Path example = Project.ROOT.resolve("examples/leader-election/deployment.yaml");
            return Manifests.read(Files.readString(example)).stream()
                    .map(manifest -> manifest.at("/data/server.pl").asText())
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElseThrow()
                    .replace("/v1/locks/payments", "/v1/locks/" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With another value of the chart; in the cluster once it is applied. */
    Workload with(String value, Object now) {
        Map<String, Object> changed = new HashMap<>(values);
        changed.put(value, now);
        return new Workload(kube, name, Map.copyOf(changed));
    }

    /** As kubectl would. */
    Workload apply() {
        kube.apply(manifest());
        return this;
    }

    String manifest() {
        var template = new Helm(CHART).template().withName(name);
        template.set("image", Images.app());
        values.forEach(template::set);
        return template.call();
    }

    /** As helm would, with its wait. */
    Release upgrade(Path kubeconfig, Duration atMost) {
        var upgrade = new Helm(CHART)
                .upgrade()
                .install()
                .withKubeConfig(kubeconfig)
                .withNamespace(kube.namespace())
                .withName(name)
                .waitReady()
                .withTimeout((int) atMost.toSeconds());
        upgrade.set("image", Images.app());
        values.forEach(upgrade::set);
        return upgrade.call();
    }

    /** Those that are not being deleted. */
    List<Pod> pods() {
        return kube.pods("app", name).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** Names of pods with this condition. */
    List<String> podsThat(String condition) {
        return pods().stream()
                .filter(pod -> Payments.condition(pod, condition).equals("True"))
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    List<String> ready() {
        return podsThat("Ready");
    }

    /** By their conditions. */
    List<String> holders() {
        return podsThat("holdfast.dev/" + name);
    }

    List<String> labelled() {
        return kube.pods("holder.holdfast.dev/" + name, "true").stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    /** Pods that Holdfast's Service leads to. */
    List<String> endpoints() {
        JsonNode slice = kube.resource("discovery.k8s.io/v1", "EndpointSlice", name + "-holder");
        List<String> pods = new ArrayList<>();
        slice.path("endpoints")
                .forEach(endpoint -> pods.add(endpoint.at("/targetRef/name").asText()));
        return pods;
    }

    List<String> ofRevision(int revision) {
        return pods().stream()
                .filter(pod -> Integer.toString(revision)
                        .equals(pod.getMetadata().getAnnotations().get("revision")))
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    /** So many pods and no others, all of this revision, with their containers ready, and one of them holds. */
    void awaitRolled(int replicas, int revision) {
        await(replicas + " pods of revision " + revision + ", one of which holds")
                .atMost(PATIENCE)
                .until(() -> pods().size() == replicas
                        && ofRevision(revision).size() == replicas
                        && podsThat("ContainersReady").size() == replicas
                        && holders().size() == 1);
    }

    /** What its pods have written to the store. */
    FencedStore.Writes writes() {
        return new FencedStore(kube).writes(name);
    }

    /** Waits until the last leader of this log, or a later one, has written; all writes so far. */
    FencedStore.Writes awaitWriteOf(CallLog log) {
        return new FencedStore(kube)
                .awaitToken(name, log.leaders().inOrder().getLast().token());
    }

    JsonNode lock() {
        return kube.resource("holdfast.dev/v1alpha1", "DistributedLock", name);
    }

    /** The lock's condition of this type; a missing node if it has none. */
    JsonNode lockCondition(String type) {
        for (JsonNode condition : lock().at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }

    JsonNode stateIn(String pod) {
        return Kube.json(kube.exec(pod, "app", "curl", "-s", "http://127.0.0.1:4040/v1/locks/" + name));
    }

    void resign(String pod, String body) {
        kube.exec(
                pod,
                "app",
                "curl",
                "-sf",
                "-X",
                "POST",
                "-d",
                body,
                "http://127.0.0.1:4040/v1/locks/" + name + "/resign");
    }
}
