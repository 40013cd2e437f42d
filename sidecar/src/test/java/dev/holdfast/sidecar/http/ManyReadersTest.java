package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many streams as there may be. */
@Timeout(120)
class ManyReadersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    @Test
    void allAreToldOfTheLossAndOneMoreIsRefusedUntilTheyGo() throws Exception {
        ApiFixture pods = new ApiFixture(WaitingCalls.MOST, ApiFixture.KEYS);
        try {
            pods.leadByA();
            NetClient client = pods.vertx.createNetClient();
            List<Future<NetSocket>> readers = new ArrayList<>();
            for (int i = 0; i < WaitingCalls.MOST; i++) {
                readers.add(client.connect(pods.portOfA, "127.0.0.1").onSuccess(this::read));
            }
            Future.all(readers).toCompletionStage().toCompletableFuture().get(40, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> begun.get() == WaitingCalls.MOST);
            assertProblem(pods.get(pods.portOfA, "/v1/locks/payments/events"), 429, "at most 1000 calls");

            pods.resign(pods.portOfA, "20s");
            pods.awaitHeld(pods.portOfB);
            await().atMost(PATIENCE).until(() -> lost.get() == WaitingCalls.MOST);

            readers.forEach(reader -> reader.result().close());
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(pods.get(pods.portOfA, "/v1/locks/payments?until=held&timeout=1ms")
                                    .statusCode())
                            .isEqualTo(200));
        } finally {
            pods.close();
        }
    }

    private void read(NetSocket socket) {
        StringBuilder unread = new StringBuilder();
        socket.handler(bytes -> {
            unread.append(bytes);
            count(unread, "event: state\n", begun);
            count(unread, "event: lost\n", lost);
        });
        socket.write("GET /v1/locks/payments/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private static void count(StringBuilder unread, String wanted, AtomicInteger counter) {
        int at = unread.indexOf(wanted);
        if (at >= 0) {
            unread.delete(0, at + wanted.length());
            counter.incrementAndGet();
        }
    }
}
