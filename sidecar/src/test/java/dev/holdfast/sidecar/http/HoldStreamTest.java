package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.sidecar.http.EventReader.Event;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that are held for as long as a stream stays open, in two pods on real nodes. */
@Timeout(60)
class HoldStreamTest extends TwoPods {

    private static String hold(String key) {
        return "/v1/locks/orders/keys/" + key + "/hold";
    }

    private CompletableFuture<HttpResponse<String>> waiterInB(String key) {
        return pods.postLater(
                pods.portOfB,
                "/v1/locks/orders/keys/" + key + "/acquire",
                "{\"wait\":\"30s\",\"leaseDuration\":\"1s\"}");
    }

    private JsonObject taken(CompletableFuture<HttpResponse<String>> waiter) throws Exception {
        HttpResponse<String> response = waiter.get(20, TimeUnit.SECONDS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        JsonObject taken = new JsonObject(response.body());
        pods.delete(pods.portOfB, "/v1/leases/" + taken.getString("leaseId"));
        return taken;
    }

    @Test
    void theKeyIsHeldWhileTheStreamIsOpenAndFreeWhenItCloses() throws Exception {
        EventReader stream = pods.events(pods.portOfA, hold("open"));
        Event acquired = stream.next();
        CompletableFuture<HttpResponse<String>> waiter = waiterInB("open");
        await().during(ApiFixture.LEASE).until(() -> !waiter.isDone());
        stream.close();
        JsonObject next = taken(waiter);

        assertThat(acquired.name()).isEqualTo("acquired");
        assertThat(acquired.held()).isTrue();
        assertThat(acquired.data().getString("key")).isEqualTo("open");
        assertThat(next.getLong("fencingToken")).isGreaterThan(acquired.data().getLong("fencingToken"));
        assertProblem(pods.get(pods.portOfA, "/v1/leases/" + acquired.data().getString("leaseId")), 410, "released");
    }

    @Test
    void theKeyOfAnApplicationThatIsKilledGoesToTheNextWaiter() throws Exception {
        assumeTrue(Program.isHere("curl"), "needs curl");
        try (Program application = Program.start(
                "curl", "-sN", ApiFixture.uri(pods.portOfA, hold("killed")).toString())) {
            application.awaitLine("event: acquired");
            CompletableFuture<HttpResponse<String>> waiter = waiterInB("killed");
            await().during(Duration.ofMillis(500)).until(() -> !waiter.isDone());
            long killed = System.nanoTime();
            application.kill();
            HttpResponse<String> response = waiter.get(20, TimeUnit.SECONDS);
            Duration took = Duration.ofNanos(System.nanoTime() - killed);

            assertThat(response.statusCode()).isEqualTo(201);
            // It was released: nobody waited a lease out.
            assertThat(took).isLessThan(ApiFixture.LEASE);
            taken(waiter);
        }
    }

    @Test
    void aPeerThatIsGoneWithoutAWordHoldsNothingAfterAWhile() throws Exception {
        assumeTrue(Program.isHere("python3"), "needs python3");
        try (Program peer = Program.start("python3", "-c", """
                import socket, sys
                peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                peer.sendall(("GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n" % sys.argv[2]).encode())
                answer = b""
                while b"event: acquired" not in answer:
                    answer += peer.recv(4096)
                TCP_REPAIR = 19
                try:
                    peer.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
                except PermissionError:
                    print("not permitted", flush=True)
                    sys.exit()
                peer.close()  # of such a socket sends nothing
                print("gone", flush=True)
                """, Integer.toString(pods.portOfA), hold("silent"))) {
            String said = peer.nextLine();
            assumeFalse(
                    said.equals("not permitted"),
                    "needs the right to close a connection without a word (CAP_NET_ADMIN)");
            assertThat(said).isEqualTo("gone");
            assertThat(pods.held()).as("nobody has told the sidecar").isPresent();
            await().atMost(Duration.ofSeconds(20)).until(() -> pods.held().isEmpty());
        }
    }

    @Test
    void requestsBehindAHoldDoNotKeepItsKey() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pods.portOfA)) {
            String request = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            String behind = ("GET /v1/locks" + request).repeat(20);
            socket.getOutputStream()
                    .write(("GET " + hold("pipelined") + request + behind).getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> pods.held().isEmpty());
    }

    @Test
    void whoIsTakenBackFromIsToldBeforeTheNextHolds() throws Exception {
        try (EventReader stream = pods.events(pods.portOfA, "/v1/locks/bounded/keys/hoarded/hold")) {
            Event acquired = stream.next();
            JsonObject next = pods.take(pods.portOfB, "bounded", "hoarded", "{\"wait\":\"30s\"}");
            Event lost = stream.await("lost");

            assertThat(lost.name()).isEqualTo("lost");
            assertThat(lost.held()).isFalse();
            assertThat(lost.data().getString("reason")).isEqualTo("max-hold");
            assertThat(lost.data().getValue("fencingToken")).isNull();
            assertThat(next.getLong("fencingToken"))
                    .isGreaterThan(acquired.data().getLong("fencingToken"));
            stream.awaitEnd();
        }
    }

    @Test
    void releasingTheLeaseEndsTheStream() throws Exception {
        try (EventReader stream = pods.events(pods.portOfA, hold("released"))) {
            String id = stream.next().data().getString("leaseId");
            assertThat(pods.delete(pods.portOfA, "/v1/leases/" + id).statusCode())
                    .isEqualTo(204);
            assertThat(stream.next().data().getString("reason")).isEqualTo("released");
            stream.awaitEnd();
        }
    }

    @Test
    void whoWaitsInVainIsTold() throws Exception {
        try (EventReader stream = pods.events(pods.portOfA, hold("taken"))) {
            assertThat(stream.next().held()).isTrue();
            assertProblem(pods.get(pods.portOfB, hold("taken")), 409, "pod-a");
            assertProblem(pods.get(pods.portOfB, hold("taken") + "?wait=200ms"), 409, "pod-a");
            assertProblem(pods.get(pods.portOfB, hold("taken") + "?wait=1h"), 400, "300s");
        }
    }
}
