package dev.holdfast.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Redis server to run: the one asked for, else the bundled one, else the machine's. */
record RedisBinary(String path, String version) {
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");

    /** @param wanted what the user named, if anything; then no other is tried */
    static RedisBinary find(@Nullable String wanted, Path directory) throws LocalFailure {
        if (wanted != null) {
            return probe(wanted)
                    .orElseThrow(() -> new LocalFailure.Usage(
                            wanted + " is no Redis server that runs here; name another with --redis-server"));
        }
        var bundled = extractBundled(directory);
        var found = bundled.isPresent() ? probe(bundled.get().toString()) : Optional.<RedisBinary>empty();
        return found.or(() -> probe("redis-server"))
                .or(() -> probe("valkey-server"))
                .orElseThrow(() -> new LocalFailure(
                        "no Redis server runs on this machine; install redis or name one with --redis-server PATH"));
    }

    /** The servers that the embedded-redis artifact carries for this operating system and processor. */
    private static Optional<Path> extractBundled(Path directory) throws LocalFailure {
        var processor = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> "";
        };
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var resource = switch (system.startsWith("mac") ? "darwin-" + processor : system + "-" + processor) {
            case "linux-amd64" -> "/redis-server-6.2.6-v5-linux-amd64";
            case "linux-arm64" -> "/redis-server-6.2.7-linux-arm64";
            case "darwin-amd64" -> "/redis-server-6.2.6-v5-darwin-amd64";
            case "darwin-arm64" -> "/redis-server-6.2.6-v5-darwin-arm64";
            default -> "";
        };
        try (var bytes = resource.isEmpty() ? null : RedisBinary.class.getResourceAsStream(resource)) {
            if (bytes == null) {
                return Optional.empty();
            }
            var target = directory.resolve("redis-server");
            Files.copy(bytes, target);
            return target.toFile().setExecutable(true) ? Optional.of(target) : Optional.empty();
        } catch (IOException e) {
            throw new LocalFailure("cannot unpack the Redis server to " + directory + ": " + e.getMessage());
        }
    }

    private static Optional<RedisBinary> probe(String path) {
        try {
            var process = new ProcessBuilder(path, "--version")
                    .redirectErrorStream(true)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var version = VERSION.matcher(output);
            return process.waitFor() == 0 && version.find()
                    ? Optional.of(new RedisBinary(path, version.group().substring(2)))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
