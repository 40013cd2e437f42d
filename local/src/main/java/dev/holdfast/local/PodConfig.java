package dev.holdfast.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.crds.DurationText;
import dev.holdfast.local.resources.DeclaredLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes what the operator would mount into a pod: one file per lock. */
final class PodConfig {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PodConfig() {}

    static void write(Path directory, Map<DeclaredLock, LocalNodeSet> locks) throws LocalFailure {
        try {
            var folder = Files.createDirectories(directory.resolve("locks"));
            for (var entry : locks.entrySet()) {
                var file = folder.resolve(entry.getKey().metadata().name() + ".json");
                JSON.writeValue(file.toFile(), lock(entry.getKey(), entry.getValue()));
            }
        } catch (IOException e) {
            throw new LocalFailure("cannot write the sidecars' configuration: " + e.getMessage());
        }
    }

    private static ObjectNode lock(DeclaredLock lock, LocalNodeSet set) {
        var spec = lock.spec();
        var json = JSON.createObjectNode()
                .put("lock", lock.metadata().name())
                .put("namespace", lock.metadata().namespace())
                .put("mode", spec.mode().name())
                .put("leaseDuration", DurationText.format(spec.leaseDuration()))
                .put("lockDelay", DurationText.format(spec.lockDelay()));
        if (spec.maxHold() != null) {
            json.put("maxHold", DurationText.format(spec.maxHold()));
        }
        var health = spec.appHealth();
        if (health != null) {
            json.putObject("appHealth")
                    .put("path", health.httpGet().path())
                    .put("port", health.httpGet().port())
                    .put("period", health.periodSeconds() + "s")
                    .put("failureThreshold", health.failureThreshold());
        }
        var nodes = json.putObject("nodeSet")
                .put("name", set.name())
                .put("uid", set.uid())
                .put(
                        "maxLeaseDuration",
                        DurationText.format(set.declared().spec().maxLeaseDuration()))
                .put("durable", false)
                .put("tls", false)
                .putArray("nodes");
        set.nodes().forEach(node -> nodes.add(node.address()));
        return json;
    }
}
