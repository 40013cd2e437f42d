package dev.holdfast.benchmarks;

import dev.holdfast.sidecar.SidecarMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A sidecar in a process of its own, that serves one Mutex lock. */
record Sidecar(Process process, int port, Path directory) implements AutoCloseable {
    private static final String LOCK = "benchmark";
    private static final Duration START_WITHIN = Duration.ofSeconds(15);

    /** Returns when it serves. */
    static Sidecar start(Testbed testbed, String pod, Duration lease) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("holdfast-benchmark");
        var locks = Files.createDirectories(directory.resolve("locks"));
        Files.writeString(locks.resolve(LOCK + ".json"), configuration(testbed, lease));
        var port = freePort();
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SidecarMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("HOLDFAST_CONFIG", directory.toString());
        builder.environment().put("HOLDFAST_POD", pod);
        builder.environment().put("HOLDFAST_PORT", Integer.toString(port));
        builder.environment().put("HOLDFAST_HEALTH_PORT", Integer.toString(freePort()));
        var process = builder.start();
        testbed.killAtEnd(process);
        var sidecar = new Sidecar(process, port, directory);
        sidecar.awaitServing();
        return sidecar;
    }

    private static String configuration(Testbed testbed, Duration lease) {
        var nodes = testbed.redisPorts().stream()
                .map(port -> "\"127.0.0.1:" + port + "\"")
                .collect(Collectors.joining(","));
        return """
                {"lock": "%s", "mode": "Mutex", "leaseDuration": "%ds",
                 "nodeSet": {"name": "benchmarks", "uid": "%s", "maxLeaseDuration": "60s", "nodes": [%s]}}
                """.formatted(LOCK, lease.toSeconds(), testbed.setUid(), nodes);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** An address of the lock. */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + "/v1/locks/" + LOCK + "/" + path);
    }

    private void awaitServing() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/locks"))
                .build();
        var end = System.nanoTime() + START_WITHIN.toNanos();
        try (var client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - end < 0) {
                try {
                    var states = client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body();
                    if (states.contains("Serving")) {
                        return;
                    }
                } catch (IOException _) {
                    // It does not listen yet.
                }
                Thread.sleep(50);
            }
        }
        throw new IOException("the sidecar does not serve after " + START_WITHIN);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        for (var file : List.of(
                directory.resolve("log"),
                directory.resolve("locks").resolve(LOCK + ".json"),
                directory.resolve("locks"),
                directory)) {
            Files.delete(file);
        }
    }
}
