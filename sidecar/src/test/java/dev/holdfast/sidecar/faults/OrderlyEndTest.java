package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.RedisCluster;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sidecar that ends while nodes grant it what it does not know of yet. */
@Timeout(120)
class OrderlyEndTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** In milliseconds, in each direction: what is granted is known a good while later, and long before a time-out. */
    private static final int DELAY = 80;

    @Test
    void whatIsGrantedAtTheMomentOfTheEndIsGivenBack() throws Exception {
        List<Endpoint> throughProxies = new ArrayList<>();
        List<CutProxy> proxies = new ArrayList<>();
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            for (Endpoint node : cluster.set().nodes()) {
                proxies.add(new CutProxy(node));
                throughProxies.add(proxies.getLast().endpoint());
            }
            try (SidecarProcess sidecar =
                    new SidecarProcess("pod-a", "payments", LEASE, cluster.set(), throughProxies)) {
                sidecar.await(PATIENCE, state -> state.getBoolean("held"));
                // It leads nothing, so that its end has nothing else to wait for.
                assertThat(sidecar.resign("60s")).isEqualTo(200);
                proxies.forEach(proxy -> proxy.delay(DELAY));
                Caller caller = new Caller(sidecar);
                CompletableFuture<Boolean> end = caller.takeOneAfterAnother();
                await().atMost(PATIENCE).until(() -> caller.asked.get() > 5);
                caller.ending.set(true);
                assertThat(sidecar.terminate()).isZero();
                end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            List<String> left = new ArrayList<>();
            for (int slot = 0; slot < 3; slot++) {
                left.addAll(cluster.server(slot).heldBy("pod-a"));
            }
            assertThat(left).isEmpty();
        } finally {
            for (CutProxy proxy : proxies) {
                proxy.close();
            }
        }
    }

    /** Takes keys and gives them back until the end. */
    private record Caller(SidecarProcess sidecar, AtomicInteger asked, AtomicBoolean ending) {

        Caller(SidecarProcess sidecar) {
            this(sidecar, new AtomicInteger(), new AtomicBoolean());
        }

        CompletableFuture<Boolean> takeOneAfterAnother() {
            return sidecar.acquireLater("moment-" + asked.getAndIncrement(), "{}")
                    .thenCompose(this::giveBack)
                    .handle((_, _) -> ending.get())
                    .thenCompose(isOver -> isOver ? CompletableFuture.completedFuture(true) : takeOneAfterAnother());
        }

        private CompletableFuture<HttpResponse<String>> giveBack(HttpResponse<String> taken) {
            return taken.statusCode() == 201
                    ? sidecar.releaseLater(new JsonObject(taken.body()).getString("leaseId"))
                    : CompletableFuture.completedFuture(taken);
        }
    }
}
