package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class HealthServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() throws Exception {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private int serve(Startup startup) throws Exception {
        return new HealthServer(vertx, 0, startup, () -> "")
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    private CompletableFuture<Integer> status(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return client.sendAsync(request, BodyHandlers.discarding()).thenApply(HttpResponse::statusCode);
    }

    @Test
    void anApplicationThatNeedNotWaitStartsAtOnce() throws Exception {
        int port = serve(Startup.always());
        assertThat(status(port, "/startupz").get()).isEqualTo(200);
        assertThat(status(port, "/startupz?wait").get()).isEqualTo(200);
        assertThat(status(port, "/livez").get()).isEqualTo(200);
    }

    @Test
    void anApplicationStartsWhenTheLockIsHeldAndAProbeThatWaitsIsToldThen() throws Exception {
        Lock lock = Lock.declared("payments", Duration.ofSeconds(2));
        try (RedisCluster cluster = new RedisCluster(3, Duration.ofSeconds(2));
                Election before = new Election(cluster.client("pod-a"), lock, "pod-a", Clock.systemUTC());
                Election election = new Election(cluster.client("pod-b"), lock, "pod-b", Clock.systemUTC())) {
            before.start();
            Awaitility.await().until(() -> before.leadership() instanceof Leadership.Leading);
            int port = serve(Startup.whenHeld(List.of(election)));
            election.start();

            CompletableFuture<Integer> waiting = status(port, "/startupz?wait");
            assertThat(status(port, "/startupz").get()).isEqualTo(503);
            assertThat(status(port, "/livez").get()).isEqualTo(200);
            assertThat(waiting).isNotDone();

            before.resign(Optional.of(Duration.ofSeconds(30)));

            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(200);
            assertThat(status(port, "/startupz").get()).isEqualTo(200);
        }
    }
}
