package dev.holdfast.sidecar.image;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.holdfast.sidecar.SidecarMain;
import dev.holdfast.sidecar.http.EventReader;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redis.TestCertificates;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Where a sidecar meets all that it meets in a pod: real nodes, callers of its API, and something that answers as an API server. */
final class TrainingGround implements AutoCloseable {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final RedisCluster cluster = new RedisCluster(3, LEASE);
    private final HttpsServer apiServer;
    private final Path directory = Files.createTempDirectory("holdfast-training");
    // As those who ask in a pod: an upgrade to HTTP/2 would bring classes that are never used.
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TrainingGround() throws Exception {
        TestCertificates certificates = TestCertificates.make();
        apiServer = apiServer(certificates.certificate().resolveSibling("store.p12"));
        Path kubernetes = Files.createDirectories(directory.resolve("kubernetes"));
        Files.copy(certificates.certificate(), kubernetes.resolve("ca.crt"));
        Files.writeString(kubernetes.resolve("token"), "token");
        Path locks = Files.createDirectories(directory.resolve("locks"));
        Files.writeString(locks.resolve("payments.json"), lock("payments", "Leader"));
        Files.writeString(locks.resolve("orders.json"), lock("orders", "Mutex"));
    }

    private static HttpsServer apiServer(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        byte[] answer = "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{}}"
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/", call -> {
            call.getRequestBody().readAllBytes();
            call.getResponseHeaders().add("Content-Type", "application/json");
            call.sendResponseHeaders(200, answer.length);
            call.getResponseBody().write(answer);
            call.close();
        });
        server.start();
        return server;
    }

    private String lock(String name, String mode) {
        JsonArray nodes = new JsonArray();
        cluster.set().nodes().forEach(node -> nodes.add(node.toString()));
        return new JsonObject()
                .put("lock", name)
                .put("mode", mode)
                .put("leaseDuration", LEASE.toSeconds() + "s")
                .put(
                        "nodeSet",
                        new JsonObject()
                                .put("name", cluster.set().name())
                                .put("uid", cluster.set().uid())
                                .put("maxLeaseDuration", LEASE.toSeconds() + "s")
                                .put("nodes", nodes))
                .encode();
    }

    /**
     * Starts a sidecar, uses it, and ends it.
     *
     * @return from its start to its first answer
     */
    Duration run(Path java, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(arguments);
        command.add(SidecarMain.class.getName());
        Path log = directory.resolve("log");
        int port = FreePorts.pair();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "MALLOC_ARENA_MAX", "1",
                        "HOLDFAST_CONFIG", directory.toString(),
                        "HOLDFAST_POD", "pod",
                        "HOLDFAST_LOG_LEVEL", "INFO,memory=DEBUG",
                        "HOLDFAST_PORT", Integer.toString(port),
                        "HOLDFAST_HEALTH_PORT", Integer.toString(port + 1),
                        "HOLDFAST_NAMESPACE", "shop",
                        "HOLDFAST_POD_UID", "uid",
                        "KUBERNETES_SERVICE_HOST", "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT",
                                Integer.toString(apiServer.getAddress().getPort())));
        long began = System.nanoTime();
        Process process = builder.start();
        try {
            Duration serving = awaitServing(process, port, began, log);
            use(port);
            awaitLogged(process, log, "pages are given back");
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("the sidecar did not end in order:\n" + Files.readString(log));
            }
            return serving;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void awaitLogged(Process process, Path log, String message) throws Exception {
        long began = System.nanoTime();
        while (!Files.readString(log).contains(message)) {
            if (!process.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "the sidecar did not log \"" + message + "\":\n" + Files.readString(log));
            }
            Thread.sleep(100);
        }
    }

    private Duration awaitServing(Process process, int port, long began, Path log) throws Exception {
        while (process.isAlive() && System.nanoTime() - began < PATIENCE.toNanos()) {
            try {
                if (get(port, "/v1/locks").contains("payments")) {
                    return Duration.ofNanos(System.nanoTime() - began);
                }
            } catch (IOException _) {
                Thread.sleep(5); // It does not listen yet.
            }
        }
        throw new IllegalStateException("the sidecar does not serve:\n" + Files.readString(log));
    }

    /** Every way through the code that a pod takes soon after its start. */
    private void use(int port) throws Exception {
        get(port, "/v1/locks/payments?until=held&timeout=20s");
        try (EventReader events = new EventReader(client, uri(port, "/v1/locks/payments/events"));
                EventReader hold = new EventReader(client, uri(port, "/v1/locks/orders/keys/a/hold"))) {
            events.next();
            hold.next();
            for (String path : List.of("/v1/locks/payments/held", "/", "/v1/locks/none", "/openapi.yaml")) {
                get(port, path);
            }
            for (String path : List.of("/livez", "/startupz", "/metrics")) {
                get(port + 1, path);
            }
            String lease = new JsonObject(post(port, "/v1/locks/orders/keys/b/acquire", "{\"wait\":\"1s\"}"))
                    .getString("leaseId");
            post(port, "/v1/leases/" + lease + "/renew", "");
            client.send(
                    HttpRequest.newBuilder(uri(port, "/v1/leases/" + lease))
                            .DELETE()
                            .build(),
                    BodyHandlers.ofString());
            post(port, "/v1/locks/payments/resign", "{\"standDown\":\"100ms\"}");
            get(port, "/v1/locks/payments?until=held&timeout=20s");
        }
        // A renewal or two.
        Thread.sleep(LEASE);
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString())
                .body();
    }

    private String post(int port, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(port, path))
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        apiServer.stop(0);
        cluster.close();
    }
}
