package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The calls of the API, on real elections on real nodes. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiServerTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Vertx vertx = Vertx.vertx();
    private final int port = FreePorts.pair();
    private final int portOfB = FreePorts.pair();
    private RedisCluster cluster;
    private Election a;
    private Election b;

    @BeforeAll
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
        a = serve("pod-a", port);
        awaitHeld(port);
        b = serve("pod-b", portOfB);
    }

    private Election serve(String pod, int at) throws Exception {
        Election election = new Election(cluster.client(pod), Lock.declared("payments", LEASE), pod, Clock.systemUTC());
        new ApiServer(vertx, at, List.of(election))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        election.start();
        return election;
    }

    @AfterAll
    void stop() throws Exception {
        a.close();
        b.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        cluster.close();
    }

    private void awaitHeld(int at) throws Exception {
        while (get(at, "/v1/locks/payments/held").statusCode() != 200) {
            Thread.sleep(10);
        }
    }

    private HttpResponse<String> get(int at, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(int at, String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static void assertProblem(HttpResponse<String> response, int status, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonObject problem = new JsonObject(response.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).contains(detail);
    }

    @Test
    void resigningHandsOverAndTheStateFollows() throws Exception {
        awaitHeld(port);
        JsonObject leading = new JsonObject(get(port, "/v1/locks/payments").body());
        HttpResponse<String> resigned = post(port, "/v1/locks/payments/resign", "{\"standDown\":\"5s\"}");
        awaitHeld(portOfB);
        JsonObject successor = new JsonObject(get(portOfB, "/v1/locks/payments").body());
        HttpResponse<String> refused = post(port, "/v1/locks/payments/resign", "");
        post(portOfB, "/v1/locks/payments/resign", "{\"standDown\":\"20s\"}");
        awaitHeld(port);

        assertThat(leading.fieldNames())
                .containsExactlyInAnyOrder(
                        "lock", "mode", "state", "held", "fencingToken", "validForMs", "holder", "quorum");
        assertThat(leading.getString("state")).isEqualTo("Leading");
        assertThat(leading.getLong("validForMs")).isBetween(1L, LEASE.toMillis());
        assertThat(leading.getJsonObject("holder").getString("pod")).isEqualTo("pod-a");
        assertThat(Instant.parse(leading.getJsonObject("holder").getString("since")))
                .isBefore(Instant.now());
        assertThat(leading.getJsonObject("quorum"))
                .isEqualTo(new JsonObject().put("nodes", 3).put("reachable", 3).put("needed", 2));
        assertThat(resigned.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(resigned.body()).getBoolean("held")).isFalse();
        assertThat(successor.getLong("fencingToken")).isGreaterThan(leading.getLong("fencingToken"));
        assertProblem(refused, 409, "does not hold");
    }

    @Test
    void aFollowerSaysWhoHolds() throws Exception {
        awaitHeld(port);
        JsonObject state = new JsonObject(get(portOfB, "/v1/locks/payments").body());
        while (state.getJsonObject("holder") == null) {
            state = new JsonObject(get(portOfB, "/v1/locks/payments").body());
        }
        assertThat(state.getString("state")).isEqualTo("Following");
        assertThat(state.getValue("fencingToken")).isNull();
        assertThat(state.getInteger("validForMs")).isZero();
        assertThat(state.getJsonObject("holder").getString("pod")).isEqualTo("pod-a");
        assertThat(get(portOfB, "/v1/locks/payments/held").statusCode()).isEqualTo(423);
        assertThat(new JsonArray(get(portOfB, "/v1/locks").body())
                        .getJsonObject(0)
                        .getString("lock"))
                .isEqualTo("payments");
    }

    @Test
    void mistakesAreToldWithWhatIsAllowed() throws Exception {
        assertProblem(get(port, "/v1/locks/nonesuch"), 404, "[payments]");
        assertProblem(get(port, "/v2"), 404, "/v1/locks");
        assertProblem(post(port, "/v1/locks/payments", ""), 405, "POST");
        assertProblem(post(port, "/v1/locks/payments/resign", "{\"standdown\":\"1s\"}"), 400, "known: standDown");
        assertProblem(post(port, "/v1/locks/payments/resign", "{\"standDown\":\"soon\"}"), 400, "10s");
        assertProblem(post(port, "/v1/locks/payments/resign", "[]"), 400, "JSON object");
        assertProblem(post(port, "/v1/locks/payments/resign", "x".repeat(5000)), 413, "4096");
    }

    @Test
    void aHostThatIsNotLocalIsRefused() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /v1/locks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 403").contains("evil.example");
        }
    }
}
