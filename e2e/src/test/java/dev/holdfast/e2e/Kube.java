package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the tests ask of one namespace. */
record Kube(KubernetesClient client, String namespace) implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration EXEC = Duration.ofSeconds(30);

    static Kube of(Path kubeconfig, String namespace) {
        Config config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                .withRequestTimeout(10_000)
                .build();
        return new Kube(new KubernetesClientBuilder().withConfig(config).build(), namespace);
    }

    /** Empty: what an earlier run left is gone first. */
    void createNamespace() {
        deleteNamespace();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    void deleteNamespace() {
        client.namespaces().withName(namespace).delete();
        client.namespaces().withName(namespace).waitUntilCondition(Objects::isNull, 3, TimeUnit.MINUTES);
    }

    void apply(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .serverSideApply();
    }

    List<Pod> pods(String label, String value) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel(label, value)
                .list()
                .getItems();
    }

    /** Runs a command in a container; what it prints. */
    String exec(String pod, String container, String... command) {
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        try (var running = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .inContainer(container)
                .writingOutput(output)
                .writingError(errors)
                .exec(command)) {
            int code = running.exitCode().get(EXEC.toSeconds(), TimeUnit.SECONDS);
            if (code != 0) {
                throw new IllegalStateException("%s in %s/%s ended with %d: %s%s"
                        .formatted(
                                String.join(" ", command),
                                pod,
                                container,
                                code,
                                output.toString(StandardCharsets.UTF_8),
                                errors.toString(StandardCharsets.UTF_8)));
            }
            return output.toString(StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(String.join(" ", command) + " in " + pod + "/" + container + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What a pod's port answers, by way of the API server; nothing while it does not. */
    @Nullable
    JsonNode get(String pod, int port) {
        try {
            String body = client.raw("/api/v1/namespaces/" + namespace + "/pods/" + pod + ":" + port + "/proxy/");
            return body == null ? null : JSON.readTree(body);
        } catch (Exception _) {
            return null; // gone, not there yet, or in the middle of it
        }
    }

    /** A resource as JSON; a missing node when there is none of that name. */
    JsonNode resource(String apiVersion, String kind, String name) {
        GenericKubernetesResource found = client.genericKubernetesResources(apiVersion, kind)
                .inNamespace(namespace)
                .withName(name)
                .get();
        return found == null ? JSON.missingNode() : JSON.valueToTree(found);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException("no JSON: " + text, e);
        }
    }

    /** Keeps new pods from being placed anywhere, or lets them again. */
    void setSchedulable(boolean schedulable) {
        for (var node : client.nodes().list().getItems()) {
            // No version of it: its kubelet writes into it all the time.
            client.nodes()
                    .withName(node.getMetadata().getName())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\":{\"unschedulable\":" + (schedulable ? "null" : "true") + "}}");
        }
    }

    /** Takes a pod away without asking it. */
    void deleteAtOnce(String pod) {
        client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    }

    void deleteWithGrace(String pod) {
        client.pods().inNamespace(namespace).withName(pod).delete();
    }

    @Override
    public void close() {
        client.close();
    }
}
