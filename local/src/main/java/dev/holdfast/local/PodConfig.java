package dev.holdfast.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.crds.LockFile;
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
        var nodes = new LockFile.Nodes(
                set.name(),
                set.uid(),
                set.declared().spec().maxLeaseDuration(),
                false,
                false,
                set.nodes().stream().map(node -> node.address()).toList());
        return LockFile.of(JSON, lock.metadata().name(), lock.metadata().namespace(), lock.spec(), nodes);
    }
}
