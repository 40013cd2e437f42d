package dev.holdfast.sidecar.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files {@code resign/<lock>}: annotations of the pod, which the kubelet writes there within a second or so of their
 * change. Each text is passed on once. Not thread-safe.
 */
final class HandOverFiles {

    private static final Logger log = LoggerFactory.getLogger("config");

    private final Path folder;
    private final BiConsumer<String, HandOver> asked;
    private final Map<String, String> known = new HashMap<>();
    private final Map<String, FileVersion> versions = new HashMap<>();
    private boolean unreadable;

    /** @param asked is told the lock, and what is asked for */
    HandOverFiles(Path directory, BiConsumer<String, HandOver> asked) {
        this.folder = directory.resolve("resign");
        this.asked = asked;
    }

    void look(String lock) {
        String text = read(lock);
        if (text.equals(known.put(lock, text)) || text.isEmpty()) {
            return;
        }
        HandOver.parse(text)
                .ifPresentOrElse(
                        handOver -> asked.accept(lock, handOver),
                        () -> log.atError()
                                .addKeyValue("lock", lock)
                                .addKeyValue("annotation", text)
                                .log("resign.holdfast.dev/" + lock + " is not used; write \"<fencing token> <pod>\""));
    }

    /** A pod that was made without such files, or somewhere else than in a cluster, is never asked. */
    private String read(String lock) {
        try {
            Path file = folder.resolve(lock);
            FileVersion version = FileVersion.of(file);
            if (version.equals(versions.get(lock))) {
                return known.getOrDefault(lock, "");
            }
            String text = Files.readString(file).strip();
            versions.put(lock, version);
            return text;
        } catch (NoSuchFileException _) {
            versions.remove(lock);
            return "";
        } catch (IOException e) {
            if (!unreadable) {
                unreadable = true;
                log.atError()
                        .addKeyValue("lock", lock)
                        .addKeyValue("reason", e.toString())
                        .log("no annotation can be read");
            }
            return known.getOrDefault(lock, "");
        }
    }
}
