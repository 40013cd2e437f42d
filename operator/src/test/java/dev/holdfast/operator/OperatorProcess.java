package dev.holdfast.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A replica as a process of its own, with the options of its image and the rights of its account. */
final class OperatorProcess implements AutoCloseable {

    /** As in the image and in the chart's memory limit of 384Mi, of which the heap may have half. */
    private static final List<String> OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx192m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final int webhookPort;
    private final int healthPort;

    private OperatorProcess(
            ApiServer server,
            Path directory,
            String pod,
            Map<String, String> settings,
            Class<?> main,
            List<String> arguments)
            throws IOException {
        this.webhookPort = freePort();
        this.healthPort = freePort();
        this.log = directory.resolve(pod + ".log");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_") || name.startsWith("KUBE"));
        builder.environment()
                .putAll(Map.of(
                        "KUBECONFIG",
                        kubeconfig(server, directory.resolve(pod + ".kubeconfig"))
                                .toString(),
                        "MALLOC_ARENA_MAX",
                        "1",
                        "HOLDFAST_NAMESPACE",
                        Chart.NAMESPACE,
                        "HOLDFAST_POD",
                        pod,
                        "HOLDFAST_SIDECAR_IMAGE",
                        "sidecar",
                        "HOLDFAST_WEBHOOK_PORT",
                        Integer.toString(webhookPort),
                        "HOLDFAST_HEALTH_PORT",
                        Integer.toString(healthPort)));
        builder.environment().putAll(settings);
        this.process = builder.start();
    }

    /** The chart must be installed. */
    static OperatorProcess start(ApiServer server, Path directory, String pod) throws IOException {
        return start(server, directory, pod, OperatorMain.class);
    }

    /** One that is started in another way. */
    static OperatorProcess start(ApiServer server, Path directory, String pod, Class<?> main, String... arguments)
            throws IOException {
        return new OperatorProcess(server, directory, pod, Map.of(), main, List.of(arguments));
    }

    /** One with other settings than those that every replica has. */
    static OperatorProcess start(ApiServer server, Path directory, String pod, Map<String, String> settings)
            throws IOException {
        return new OperatorProcess(server, directory, pod, settings, OperatorMain.class, List.of());
    }

    private static Path kubeconfig(ApiServer server, Path file) throws IOException {
        Config config = server.config().build();
        String authority = config.getCaCertData() == null
                ? Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(config.getCaCertFile())))
                : config.getCaCertData();
        return Files.writeString(
                file,
                new ObjectMapper()
                        .writeValueAsString(Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Config",
                                "current-context",
                                "test",
                                "contexts",
                                List.of(Map.of("name", "test", "context", Map.of("cluster", "test", "user", "test"))),
                                "clusters",
                                List.of(Map.of(
                                        "name",
                                        "test",
                                        "cluster",
                                        Map.of(
                                                "server",
                                                config.getMasterUrl(),
                                                "certificate-authority-data",
                                                authority))),
                                "users",
                                List.of(Map.of(
                                        "name", "test", "user", Map.of("token", Account.token(server.client())))))));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int webhookPort() {
        return webhookPort;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it says so to the kubelet; false while nobody answers. */
    boolean answers(String path) {
        try {
            return get(path).statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /** What Prometheus would read; empty while nobody answers. */
    String metrics() {
        return body("/metrics");
    }

    /** Empty while nobody answers. */
    String body(String path) {
        try {
            return get(path).body();
        } catch (IOException _) {
            return "";
        }
    }

    boolean leads() {
        return metrics().lines().anyMatch("holdfast_operator_leading 1.0"::equals);
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** As a machine that fails. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** As a kubelet does at first. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        kill();
        http.close();
    }
}
