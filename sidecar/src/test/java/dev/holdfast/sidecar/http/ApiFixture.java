package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two pods that serve one lock on real nodes: pod-a holds, pod-b follows. */
final class ApiFixture {

    static final Duration LEASE = Duration.ofSeconds(2);

    /** Few, so that tests reach it. */
    static final int WAITING = 4;

    final HttpClient client = HttpClient.newHttpClient();
    final Vertx vertx = Vertx.vertx();
    final RedisCluster cluster = new RedisCluster(3, LEASE);
    final int portOfA = FreePorts.pair();
    final int portOfB = FreePorts.pair();
    final Election a;
    final Election b;
    final ApiServer api;

    private final int waiting;

    ApiFixture() throws Exception {
        this(WAITING);
    }

    ApiFixture(int waiting) throws Exception {
        this.waiting = waiting;
        a = election("pod-a");
        api = serve(a, portOfA);
        a.start();
        awaitHeld(portOfA);
        b = election("pod-b");
        serve(b, portOfB);
        b.start();
    }

    private Election election(String pod) {
        return new Election(cluster.client(pod), Lock.declared("payments", LEASE), pod, Clock.systemUTC());
    }

    private ApiServer serve(Election election, int port) throws Exception {
        ApiServer server = new ApiServer(vertx, port, List.of(election), new WaitingCalls(waiting));
        server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        return server;
    }

    void awaitHeld(int port) throws Exception {
        while (get(port, "/v1/locks/payments/held").statusCode() != 200) {
            Thread.sleep(10);
        }
    }

    /** Makes pod-a the holder, and pod-b a follower that knows it. */
    void leadByA() throws Exception {
        if (!held(portOfA)) {
            resign(portOfB, "20s");
            awaitHeld(portOfA);
        }
        JsonObject holder = null;
        while (holder == null || !"pod-a".equals(holder.getString("pod"))) {
            holder = new JsonObject(get(portOfB, "/v1/locks/payments").body()).getJsonObject("holder");
        }
    }

    private boolean held(int port) throws Exception {
        return get(port, "/v1/locks/payments/held").statusCode() == 200;
    }

    HttpResponse<String> resign(int port, String standDown) throws Exception {
        return post(
                port,
                "/v1/locks/payments/resign",
                new JsonObject().put("standDown", standDown).encode());
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    HttpResponse<String> get(int port, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getLater(int port, String path) {
        return client.sendAsync(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(int port, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(port, path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    EventReader events(int port, String path) throws Exception {
        return new EventReader(client, uri(port, path));
    }

    static void assertProblem(HttpResponse<String> response, int status, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonObject problem = new JsonObject(response.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).contains(detail);
    }

    void close() throws Exception {
        a.close();
        b.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        cluster.close();
        client.close();
    }
}
