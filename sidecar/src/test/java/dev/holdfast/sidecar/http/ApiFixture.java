package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.mutex.KeyLease;
import dev.holdfast.sidecar.mutex.Leases;
import dev.holdfast.sidecar.mutex.Mutex;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two pods that serve a Leader lock and a Mutex lock on real nodes: pod-a leads, pod-b follows. */
final class ApiFixture {

    static final Duration LEASE = Duration.ofSeconds(2);

    /** Of the keys of the lock {@code bounded}. */
    static final Duration MAX_HOLD = Duration.ofSeconds(3);

    /** Few, so that tests reach it. */
    static final int WAITING = 4;

    /** Less than may wait, so that this limit is reached as well. */
    static final int KEYS = 3;

    final HttpClient client = HttpClient.newHttpClient();
    final Vertx vertx = Vertx.vertx();
    final RedisCluster cluster = new RedisCluster(3, LEASE);
    final int portOfA = FreePorts.pair();
    final int portOfB = FreePorts.pair();
    final Election a;
    final Election b;
    final ApiServer api;
    final Leases leases;

    private final SystemEnvironment system = new SystemEnvironment();
    private final WaitingCalls waitingInA;
    private final WaitingCalls waitingInB;
    private final Leases leasesOfB;

    ApiFixture() throws Exception {
        this(WAITING, KEYS);
    }

    /**
     * With limits of one's own.
     *
     * @param waiting how many calls may wait in a pod
     * @param keys how many keys a pod may hold
     */
    ApiFixture(int waiting, int keys) throws Exception {
        waitingInA = new WaitingCalls(waiting);
        waitingInB = new WaitingCalls(waiting);
        leases = new Leases(system.environment(), Clock.systemUTC(), keys);
        leasesOfB = new Leases(system.environment(), Clock.systemUTC(), keys);
        Redlock ofA = cluster.client("pod-a");
        Redlock ofB = cluster.client("pod-b");
        a = new Election(ofA, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC());
        api = serve(a, ofA, leases, waitingInA, portOfA);
        a.start();
        awaitHeld(portOfA);
        b = new Election(ofB, Lock.declared("payments", LEASE), "pod-b", Clock.systemUTC());
        serve(b, ofB, leasesOfB, waitingInB, portOfB);
        b.start();
    }

    private ApiServer serve(Election election, Redlock redlock, Leases held, WaitingCalls waiting, int port)
            throws Exception {
        Lock orders = Lock.declared("orders", LEASE);
        Lock bounded = new Lock("bounded", LEASE, Duration.ZERO, Optional.of(MAX_HOLD), true);
        ApiServer server = new ApiServer(
                vertx,
                port,
                List.of(election),
                List.of(new Mutex(redlock, orders, held), new Mutex(redlock, bounded, held)),
                held,
                waiting);
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
        return client.send(posting(port, path, body), BodyHandlers.ofString());
    }

    /** With a body that is said to be of a type. */
    HttpResponse<String> post(int port, String path, String type, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(port, path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postLater(int port, String path, String body) {
        return client.sendAsync(posting(port, path, body), BodyHandlers.ofString());
    }

    private static HttpRequest posting(int port, String path, String body) {
        return HttpRequest.newBuilder(uri(port, path))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    HttpResponse<String> delete(int port, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(port, path)).DELETE().build(), BodyHandlers.ofString());
    }

    /** Takes a key, which must be free. */
    JsonObject take(int port, String key, String body) throws Exception {
        return take(port, "orders", key, body);
    }

    JsonObject take(int port, String lock, String key, String body) throws Exception {
        HttpResponse<String> taken = post(port, "/v1/locks/" + lock + "/keys/" + key + "/acquire", body);
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
        return new JsonObject(taken.body());
    }

    int waitersInB() {
        return waitingInB.now();
    }

    /** One of the keys that pod-a holds. */
    Optional<KeyLease> held() {
        return leases.held().stream().findAny();
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
        leases.close();
        leasesOfB.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        cluster.close();
        system.close();
        client.close();
    }
}
