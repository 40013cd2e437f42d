package dev.holdfast.operator.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** What a kubelet would give to an injected pod's sidecar: its files, in a folder, and its environment. */
record MountedSidecar(Map<String, String> environment) {
    static final String POD = "till-7d4b9";

    private static final String MOUNT_PATH = "/etc/holdfast";

    static MountedSidecar of(JsonNode pod, Locks locks, Path folder) throws IOException {
        JsonNode container = named(pod.path("spec").path("initContainers"), "holdfast");
        JsonNode mount = named(container.path("volumeMounts"), "holdfast");
        if (!MOUNT_PATH.equals(mount.path("mountPath").asText())) {
            throw new IllegalStateException("the sidecar looks in " + MOUNT_PATH);
        }
        JsonNode sources = named(pod.path("spec").path("volumes"), "holdfast")
                .path("projected")
                .path("sources");
        for (JsonNode source : sources) {
            write(source, locks, folder);
        }
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : container.path("env")) {
            if (variable.has("value")) {
                environment.put(
                        variable.path("name").asText(), variable.path("value").asText());
                continue;
            }
            JsonNode field = variable.path("valueFrom").path("fieldRef").path("fieldPath");
            environment.put(
                    variable.path("name").asText(),
                    switch (field.asText()) {
                        case "metadata.name" -> POD;
                        case "metadata.namespace" -> Scenario.NAMESPACE;
                        case "metadata.uid" -> "8f3c";
                        default -> throw new IllegalStateException("no field of a pod: " + field);
                    });
        }
        // In the place of /etc/holdfast, which a test does not write to.
        environment.put("HOLDFAST_CONFIG", folder.toString());
        return new MountedSidecar(Map.copyOf(environment));
    }

    private static void write(JsonNode source, Locks locks, Path folder) throws IOException {
        for (JsonNode item : source.path("configMap").path("items")) {
            String name = source.path("configMap").path("name").asText();
            String key = item.path("key").asText();
            write(folder, item.path("path").asText(), configMap(name, key, locks));
        }
        for (JsonNode item : source.path("secret").path("items")) {
            write(folder, item.path("path").asText(), "the " + item.path("key").asText());
        }
        for (JsonNode item : source.path("downwardAPI").path("items")) {
            String field = item.path("fieldRef").path("fieldPath").asText();
            String lock = item.path("path").asText().replace("resign/", "");
            if (!field.equals("metadata.annotations['resign.holdfast.dev/" + lock + "']")) {
                throw new IllegalStateException("no field that the sidecar reads: " + field);
            }
            write(folder, item.path("path").asText(), "");
        }
        if (source.has("serviceAccountToken")) {
            write(folder, source.path("serviceAccountToken").path("path").asText(), "token");
        }
    }

    /** As the operator writes it; the names are put together here and not taken from the code under test. */
    private static String configMap(String name, String key, Locks locks) {
        if ("kube-root-ca.crt".equals(name) && "ca.crt".equals(key)) {
            return "authority";
        }
        String lock = key.replaceAll("\\.json$", "");
        if (!name.equals("holdfast-lock-" + lock)) {
            throw new IllegalStateException("ConfigMap " + name + " has no key " + key);
        }
        var spec = locks.lock(Scenario.NAMESPACE, lock).orElseThrow().getSpec();
        boolean tls = locks.nodeSet(Scenario.NAMESPACE, spec.nodeSet())
                .map(set -> Objects.toString(
                                set.getSpec().external() == null
                                        ? set.getSpec().tls()
                                        : set.getSpec().external().tls())
                        .equals("On"))
                .orElse(false);
        return """
                {"lock": "%1$s", "namespace": "shop", "mode": "%2$s", "leaseDuration": "10s", "lockDelay": "0s",
                 "nodeSet": {"name": "%3$s", "uid": "4f1c2a", "maxLeaseDuration": "1m", "durable": false, "tls": %4$s,
                  "nodes": ["holdfast-%3$s-0.shop.svc:6379", "holdfast-%3$s-1.shop.svc:6379",
                            "holdfast-%3$s-2.shop.svc:6379"]}}
                """.formatted(lock, spec.mode(), spec.nodeSet(), tls);
    }

    private static void write(Path folder, String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
    }

    private static JsonNode named(JsonNode list, String name) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(entry -> entry.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is called " + name));
    }
}
