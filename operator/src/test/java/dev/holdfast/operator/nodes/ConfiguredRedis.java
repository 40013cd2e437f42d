package dev.holdfast.operator.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A server that runs with just what a node's pod would give it. */
final class ConfiguredRedis implements AutoCloseable {

    private final Path executable;
    private final Path directory;
    private final int port;
    private Process process;

    /** @param files by name, as they would be mounted; {@code redis.conf} is one of them */
    ConfiguredRedis(Path executable, Map<String, String> files) throws IOException {
        this.executable = executable;
        this.directory = Files.createTempDirectory("holdfast-node");
        Files.createDirectory(directory.resolve("data"));
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
        mount(files);
        this.process = launch();
    }

    /** The server that comes with the tests, and the machine's own Redis and Valkey where there are some. */
    static Stream<Path> executables() throws IOException {
        Stream<Path> installed = Stream.of("redis-server", "valkey-server")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":", -1))
                        .map(folder -> Path.of(folder, name))
                        .filter(Files::isExecutable)
                        .limit(1));
        return Stream.concat(
                Stream.of(ExecutableProvider.newJarResourceProvider().get().toPath()), installed);
    }

    int port() {
        return port;
    }

    /** As a pod that is replaced: other files, another process, and an empty memory. */
    void replace(Map<String, String> files) throws IOException {
        end();
        mount(files);
        process = launch();
    }

    /** As a container that is killed: what is on its volume stays. */
    void restart() throws IOException {
        end();
        process = launch();
    }

    private void mount(Map<String, String> files) throws IOException {
        for (var file : files.entrySet()) {
            String text = file.getValue()
                    .replace("/etc/holdfast-redis", directory.toString())
                    .replace("dir /data", "dir " + directory.resolve("data"))
                    .replace("port 6379", "port " + port);
            Files.writeString(directory.resolve(file.getKey()), text);
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(List.of(
                        executable.toString(), directory.resolve("redis.conf").toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private void end() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
