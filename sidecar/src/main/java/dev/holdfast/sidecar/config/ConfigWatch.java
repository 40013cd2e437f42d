package dev.holdfast.sidecar.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees when the mounted locks change, by reading them now and then: a kubelet swaps all files at once, and takes up to a
 * minute for it; and what the pod's annotations ask for. What cannot be used is logged once, and the old configuration stays. It looks on a thread of its own.
 */
public final class ConfigWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("config");
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final Path directory;
    private final Map<String, LockConfig> known = new HashMap<>();
    /** The files as they are used: one that is still the same is not read. */
    private final Map<Path, FileVersion> versions = new HashMap<>();

    private @Nullable FileVersion folder;
    private List<Path> files = List.of();
    private final BiConsumer<LockConfig, LockConfig> changed;
    private final HandOverFiles handOvers;
    private final Thread thread = Thread.ofVirtual().name("config-watch").unstarted(this::run);
    private List<String> told = List.of();

    /**
     * A watch that does not look yet.
     *
     * @param changed is told of each lock whose durations or health check are others than before: the old one and the new.
     *     An {@link IllegalArgumentException} of it says that the new one cannot be used
     * @param asked is told of each lock that this pod is asked to hand over
     */
    public ConfigWatch(
            SidecarConfig config, BiConsumer<LockConfig, LockConfig> changed, BiConsumer<String, HandOver> asked) {
        this.directory = config.directory();
        this.changed = changed;
        this.handOvers = new HandOverFiles(directory, asked);
        config.locks().forEach(lock -> known.put(lock.lock().name(), lock));
    }

    /** Begins to look. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD);
                look();
                known.keySet().forEach(handOvers::look);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        List<String> mistakes = new ArrayList<>();
        try {
            for (Path file : files()) {
                look(file, mistakes);
            }
        } catch (ConfigException e) {
            mistakes.add(String.valueOf(e.getMessage()));
        }
        mistakes.stream()
                .filter(mistake -> !told.contains(mistake))
                .forEach(mistake ->
                        log.atError().addKeyValue("reason", mistake).log("a changed configuration is not used"));
        told = mistakes;
    }

    private List<Path> files() throws ConfigException {
        try {
            FileVersion now = FileVersion.of(directory.resolve("locks"));
            if (!now.equals(folder)) {
                files = SidecarConfig.files(directory);
                folder = now;
            }
            return files;
        } catch (IOException _) {
            return SidecarConfig.files(directory); // It says what is wrong.
        }
    }

    /** One file's mistake does not keep the others from being used. */
    private void look(Path file, List<String> mistakes) {
        try {
            // Asked before the file is read, so that a change in between is seen next time.
            FileVersion version = FileVersion.of(file);
            if (version.equals(versions.get(file))) {
                return;
            }
            LockConfig now = new LockFile(directory, file).read();
            LockConfig before = known.get(now.lock().name());
            if (before == null) {
                mistakes.add("lock " + now.lock().name() + " is new; a pod keeps the locks that it was made with");
            } else if (now.mode() != before.mode() || !now.hasTheNodesOf(before)) {
                mistakes.add("the mode or the nodes of lock " + now.lock().name()
                        + " have changed; only new pods can use others: restart this workload's pods");
            } else {
                if (!now.lock().equals(before.lock()) || !now.appHealth().equals(before.appHealth())) {
                    changed.accept(before, now);
                    known.put(now.lock().name(), now);
                }
                versions.put(file, version);
            }
        } catch (IOException e) {
            mistakes.add(file + " cannot be read: " + e);
        } catch (ConfigException | RuntimeException e) {
            mistakes.add(String.valueOf(e.getMessage()));
        }
    }
}
