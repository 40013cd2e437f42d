package dev.holdfast.sidecar.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that one sidecar is told.
 *
 * @param pod the name that others see as the holder
 * @param port the API's, on 127.0.0.1 only
 * @param healthPort of probes and metrics, on every address
 * @param start when the application may start
 * @param directory where all this was read from
 * @param cluster where the pod's conditions are kept
 */
public record SidecarConfig(
        String pod, int port, int healthPort, List<LockConfig> locks, Start start, Cluster cluster, Path directory) {

    /** When {@code /startupz} says so. */
    public enum Start {
        ALWAYS,
        /** Once this pod holds all its locks. */
        WHEN_HELD
    }

    private static final String DIRECTORY = "/etc/holdfast";
    private static final int PORT = 4040;

    /** Reads the environment and the files that it names. */
    public static SidecarConfig read(Map<String, String> environment) throws ConfigException {
        String pod = environment.getOrDefault("HOLDFAST_POD", environment.getOrDefault("HOSTNAME", ""));
        if (pod.isEmpty()) {
            throw new ConfigException("HOLDFAST_POD is not set; set it to the pod's name");
        }
        int port = port(environment, "HOLDFAST_PORT", PORT);
        int healthPort = port(environment, "HOLDFAST_HEALTH_PORT", port + 1);
        Path directory = Path.of(environment.getOrDefault("HOLDFAST_CONFIG", DIRECTORY));
        return new SidecarConfig(
                pod,
                port,
                healthPort,
                locks(directory),
                start(environment),
                Cluster.of(environment, pod, directory),
                directory);
    }

    private static Start start(Map<String, String> environment) throws ConfigException {
        String text = environment.getOrDefault("HOLDFAST_START", "Always");
        return switch (text) {
            case "Always" -> Start.ALWAYS;
            case "WhenHeld" -> Start.WHEN_HELD;
            default -> throw new ConfigException("HOLDFAST_START is \"" + text + "\"; set Always or WhenHeld");
        };
    }

    static int port(Map<String, String> environment, String name, int otherwise) throws ConfigException {
        String text = environment.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new ConfigException(name + " is \"" + text + "\"; set a port from 1 to 65535");
    }

    private static List<LockConfig> locks(Path directory) throws ConfigException {
        List<LockConfig> locks = new ArrayList<>();
        for (Path file : files(directory)) {
            locks.add(new LockFile(directory, file).read());
        }
        return List.copyOf(locks);
    }

    /** One for each lock. */
    static List<Path> files(Path directory) throws ConfigException {
        Path folder = directory.resolve("locks");
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigException(folder + " cannot be read (" + e + "); mount the locks' ConfigMaps there, or set"
                    + " HOLDFAST_CONFIG");
        }
        if (files.isEmpty()) {
            throw new ConfigException(folder + " holds no lock; mount the locks' ConfigMaps there");
        }
        return files;
    }
}
