package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.mutex.Leases;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many keys as there may be, each held by a stream. */
@Timeout(120)
class ManyHoldersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void allAreHeldAndRenewedAndFreeAtOnceWhenTheirStreamsClose() throws Exception {
        ApiFixture pods = new ApiFixture(WaitingCalls.MOST, Leases.MOST);
        try {
            NetClient client = pods.vertx.createNetClient();
            List<Future<NetSocket>> holders = new ArrayList<>();
            for (int i = 0; i < Leases.MOST; i++) {
                String key = "key-" + i;
                holders.add(client.connect(pods.portOfA, "127.0.0.1")
                        .onSuccess(socket -> socket.write(
                                "GET /v1/locks/orders/keys/" + key + "/hold HTTP/1.1\r\nHost: localhost\r\n\r\n")));
            }
            Future.all(holders).toCompletionStage().toCompletableFuture().get(40, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> pods.leases.held().size() == Leases.MOST);
            assertProblem(pods.get(pods.portOfA, "/v1/locks/orders/keys/more/hold"), 429, "at most 1000");
            // Longer than a lease.
            await().during(ApiFixture.LEASE.plusSeconds(1))
                    .atMost(PATIENCE)
                    .until(() -> pods.leases.held().size() == Leases.MOST);

            holders.forEach(holder -> holder.result().close());
            await().atMost(PATIENCE).until(() -> pods.leases.held().isEmpty());
            pods.take(pods.portOfB, "key-0", "{\"wait\":\"1s\"}");
        } finally {
            pods.close();
        }
    }
}
