package dev.holdfast.sidecar.faults;

import dev.holdfast.sidecar.SidecarMain;
import dev.holdfast.sidecar.http.EventReader;
import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.NodeSet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A real sidecar in a JVM of its own, with one Leader lock and the Mutex lock {@code orders}. Killed with this JVM. */
final class SidecarProcess implements AutoCloseable {

    private static final String MUTEX = "orders";

    private final String pod;
    private final String lock;
    private final Path file;
    private final Path directory;
    private final boolean ownDirectory;
    private final int port;
    private final Process process;
    private final Path log;
    private final HttpClient client = HttpClient.newHttpClient();

    SidecarProcess(String pod, String lock, Duration lease, NodeSet set, List<Endpoint> nodes) throws IOException {
        this(pod, lock, lease, set, nodes, Map.of(), List.of());
    }

    /** With an environment, of which HOLDFAST_CONFIG is written to, and options of Java. */
    SidecarProcess(
            String pod,
            String lock,
            Duration lease,
            NodeSet set,
            List<Endpoint> nodes,
            Map<String, String> environment,
            List<String> options)
            throws IOException {
        this.pod = pod;
        this.lock = lock;
        this.port = FreePorts.pair();
        ownDirectory = !environment.containsKey("HOLDFAST_CONFIG");
        directory = environment.containsKey("HOLDFAST_CONFIG")
                ? Path.of(environment.get("HOLDFAST_CONFIG"))
                : Files.createTempDirectory("holdfast-sidecar");
        Path locks = Files.createDirectories(directory.resolve("locks"));
        file = locks.resolve(lock + ".json");
        // A test may have written its own.
        if (!Files.exists(file)) {
            Files.writeString(file, config(lock, "Leader", lease, set, nodes).encode());
        }
        Files.writeString(
                locks.resolve(MUTEX + ".json"),
                config(MUTEX, "Mutex", lease, set, nodes).encode());
        log = Files.createTempFile("holdfast-sidecar", ".log");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx48m",
                // In its container there is nothing to write to.
                "-Djava.io.tmpdir=/proc/nowhere"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, SidecarMain.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "HOLDFAST_CONFIG", directory.toString(),
                        "HOLDFAST_POD", pod,
                        "HOLDFAST_PORT", Integer.toString(port)));
        builder.environment().putAll(environment);
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** What the pod's annotation resign.holdfast.dev/<lock> says, as the kubelet writes it. */
    void annotate(String lock, String value) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("resign"));
        Path written = Files.writeString(folder.resolve("..written"), value);
        Files.move(written, folder.resolve(lock), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Changes the settings of its Leader lock, as when the mounted configuration changes: in one step. */
    void change(UnaryOperator<JsonObject> settings) throws IOException {
        JsonObject changed = settings.apply(new JsonObject(Files.readString(file)));
        Path next = Files.writeString(file.resolveSibling("next"), changed.encode());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static JsonObject config(String lock, String mode, Duration lease, NodeSet set, List<Endpoint> nodes) {
        JsonArray addresses = new JsonArray();
        nodes.forEach(node -> addresses.add(node.toString()));
        return new JsonObject()
                .put("lock", lock)
                .put("mode", mode)
                .put("leaseDuration", lease.toMillis() + "ms")
                .put(
                        "nodeSet",
                        new JsonObject()
                                .put("name", set.name())
                                .put("uid", set.uid())
                                .put("maxLeaseDuration", set.maxLease().toMillis() + "ms")
                                .put("nodes", addresses));
    }

    String pod() {
        return pod;
    }

    /** What a container's HOLDFAST_URL is. */
    String base() {
        return "http://127.0.0.1:" + port;
    }

    /** The lock's state as the sidecar says it now; absent if it does not answer. */
    Optional<JsonObject> state() throws InterruptedException {
        try {
            return Optional.of(
                    new JsonObject(client.send(get("", Duration.ofSeconds(2)), HttpResponse.BodyHandlers.ofString())
                            .body()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** What a Prometheus is told. */
    String metrics() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + (port + 1) + "/metrics");
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Asks now; a frozen sidecar answers when it wakes. */
    CompletableFuture<JsonObject> stateLater() {
        return stateLater("");
    }

    CompletableFuture<JsonObject> stateLater(String query) {
        return client.sendAsync(get(query, Duration.ofSeconds(60)), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new JsonObject(response.body()));
    }

    /** Asks for a key; the answer comes when it is decided. */
    CompletableFuture<HttpResponse<String>> acquireLater(String key, String body) {
        HttpRequest request = HttpRequest.newBuilder(api("/v1/locks/" + MUTEX + "/keys/" + key + "/acquire"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Asks whether a key is held still; a frozen sidecar answers when it wakes. */
    CompletableFuture<HttpResponse<String>> leaseLater(String leaseId) {
        return client.sendAsync(
                HttpRequest.newBuilder(api("/v1/leases/" + leaseId)).build(), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> releaseLater(String leaseId) {
        return client.sendAsync(
                HttpRequest.newBuilder(api("/v1/leases/" + leaseId)).DELETE().build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Holds a key for as long as the stream is open. */
    EventReader hold(String key) throws IOException, InterruptedException {
        return new EventReader(client, api("/v1/locks/" + MUTEX + "/keys/" + key + "/hold"));
    }

    private URI api(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Hands over. */
    int resign(String standDown) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/resign"))
                .POST(HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("standDown", standDown).encode()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** The lock's events from now on. */
    EventReader events() throws IOException, InterruptedException {
        return new EventReader(client, URI.create(url() + "/events"));
    }

    /** Another stream of events, that nobody reads, asked for with as large a header as there may be. */
    Socket unreadEvents() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(("GET /v1/locks/" + lock + "/events HTTP/1.1\r\nHost: localhost\r\nX-Large: " + "x".repeat(3500)
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private HttpRequest get(String query, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(url() + query))
                .timeout(timeout)
                .build();
    }

    private String url() {
        return api("/v1/locks/" + lock).toString();
    }

    boolean holds() throws InterruptedException {
        return state().map(state -> state.getBoolean("held")).orElse(false);
    }

    /** Waits until the state is as asked. */
    JsonObject await(Duration patience, Predicate<JsonObject> wanted) throws Exception {
        Instant deadline = Instant.now().plus(patience);
        Optional<JsonObject> last = Optional.empty();
        while (Instant.now().isBefore(deadline)) {
            last = state();
            if (last.isPresent() && wanted.test(last.orElseThrow())) {
                return last.orElseThrow();
            }
            Thread.sleep(5);
        }
        throw new AssertionError(pod + " did not come to the state in " + patience + "; last " + last + "; log:\n"
                + Files.readString(log));
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and waits for the end. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError(pod + " did not end on SIGTERM");
        }
        return process.exitValue();
    }

    /** Returns when it has taken effect: one thread hears of a STOP, and may tell the others late on a busy machine. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        while (name.equals("STOP") && !isStopped()) {
            Thread.sleep(1);
        }
    }

    private boolean isStopped() throws IOException {
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        if (!Files.exists(tasks)) {
            return true;
        }
        try (Stream<Path> threads = Files.list(tasks)) {
            for (Path thread : threads.toList()) {
                if (!Files.readString(thread.resolve("status")).contains("State:\tT")) {
                    return false;
                }
            }
        } catch (NoSuchFileException _) {
            return false; // A thread has ended just now.
        }
        return true;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(log);
            if (ownDirectory) {
                delete(directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> found = Files.walk(folder)) {
            deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }
}
