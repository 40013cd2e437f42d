package dev.holdfast.benchmarks;

import dev.holdfast.sidecar.redis.NodeSet;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** A sidecar started as in a pod, with one Leader lock, and what it costs. */
record SidecarInPod(SidecarImage image, Path folder, NodeSet set, StandInApiServer apiServer) {
    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(20);

    /** What one start gave. */
    record Sample(ProcessFigures.Memory memory, double firstAnswerSeconds, double idlePercent) {}

    Sample sample(Testbed testbed) throws IOException, InterruptedException, GeneralSecurityException {
        var port = freePort();
        var builder = new ProcessBuilder(image.command())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(port));
        var began = System.nanoTime();
        var process = builder.start();
        testbed.killAtEnd(process);
        try {
            var firstAnswer = awaitAnswer(process, port, began);
            Thread.sleep(SETTLE);
            if (apiServer.patches().get() == 0) {
                throw new IOException("the pod condition was never patched:\n" + log());
            }
            var figures = new ProcessFigures(process.pid());
            var memory = figures.memory();
            var before = figures.processorMillis();
            Thread.sleep(IDLE);
            var percent = 100.0 * (figures.processorMillis() - before) / IDLE.toMillis();
            return new Sample(memory, firstAnswer / 1e9, percent);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private Map<String, String> environment(int port) throws IOException, GeneralSecurityException {
        apiServer.describe(folder.resolve("kubernetes"));
        var locks = Files.createDirectories(folder.resolve("locks"));
        var nodes = set.nodes().stream().map(node -> "\"" + node + "\"").collect(Collectors.joining(","));
        Files.writeString(locks.resolve("payments.json"), """
                {"lock": "payments", "mode": "Leader", "leaseDuration": "10s",
                 "nodeSet": {"name": "%s", "uid": "%s", "maxLeaseDuration": "%ds", "nodes": [%s]}}
                """.formatted(
                        set.name(), set.uid(), set.maxLease().toSeconds(), nodes));
        return Map.of(
                "MALLOC_ARENA_MAX", "1",
                "HOLDFAST_CONFIG", folder.toString(),
                "HOLDFAST_POD", "pod",
                "HOLDFAST_PORT", Integer.toString(port),
                "HOLDFAST_HEALTH_PORT", Integer.toString(freePort()),
                "HOLDFAST_NAMESPACE", "benchmarks",
                "HOLDFAST_POD_UID", "uid",
                "KUBERNETES_SERVICE_HOST", "127.0.0.1",
                "KUBERNETES_SERVICE_PORT", Integer.toString(apiServer.port()));
    }

    /**
     * Asks by bare sockets: a client with threads and classes of its own, which is refused and tries again every other
     * millisecond, would take the time of a core from the start that it measures.
     */
    private long awaitAnswer(Process process, int port, long began) throws IOException, InterruptedException {
        var request = ("GET /v1/locks HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        while (process.isAlive() && System.nanoTime() - began < START_WITHIN.toNanos()) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(request);
                var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                if (answer.startsWith("HTTP/1.1 200 ")) {
                    return System.nanoTime() - began;
                }
                throw new IOException("the sidecar answers " + answer);
            } catch (ConnectException _) {
                Thread.sleep(2); // It does not listen yet.
            }
        }
        throw new IOException("the sidecar does not serve:\n" + log());
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
