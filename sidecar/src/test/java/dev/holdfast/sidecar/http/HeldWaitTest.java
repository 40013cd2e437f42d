package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code ?until=held} on real elections. */
@Timeout(90)
class HeldWaitTest extends TwoPods {

    private static final String UNTIL_HELD = "/v1/locks/payments?until=held";

    @BeforeEach
    void lead() throws Exception {
        pods.leadByA();
    }

    private static JsonObject json(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    @Test
    void theHolderIsAnsweredAtOnceAndAFollowerWhenItHolds() throws Exception {
        assertThat(json(pods.get(pods.portOfA, UNTIL_HELD)).getBoolean("held")).isTrue();
        CompletableFuture<HttpResponse<String>> waiting = pods.getLater(pods.portOfB, UNTIL_HELD);
        assertThat(waiting).isNotDone();
        pods.resign(pods.portOfA, "2s");
        JsonObject state = json(waiting.get(20, TimeUnit.SECONDS));
        assertThat(state.getBoolean("held")).isTrue();
        assertThat(state.getString("state")).isEqualTo("Leading");
    }

    @Test
    void theStateIsToldWhenTheTimeIsOver() throws Exception {
        JsonObject state = json(pods.get(pods.portOfB, UNTIL_HELD + "&timeout=50ms"));
        assertThat(state.getBoolean("held")).isFalse();
        assertThat(state.getString("state")).isEqualTo("Following");
        assertThat(state.getJsonObject("holder").getString("pod")).isEqualTo("pod-a");
    }

    @Test
    void mistakesAreToldWithWhatIsAllowed() throws Exception {
        String path = "/v1/locks/payments";
        assertProblem(pods.get(pods.portOfB, path + "?until=lost"), 400, "allowed: held");
        assertProblem(pods.get(pods.portOfB, path + "?until"), 400, "allowed: held");
        assertProblem(pods.get(pods.portOfB, path + "?till=held"), 400, "known: until, timeout");
        assertProblem(pods.get(pods.portOfB, UNTIL_HELD + "&timeout=6m"), 400, "1ms to 300s");
        assertProblem(pods.get(pods.portOfB, UNTIL_HELD + "&timeout=0s"), 400, "1ms to 300s");
        assertProblem(pods.get(pods.portOfB, UNTIL_HELD + "&timeout=soon"), 400, "10s");
        assertProblem(pods.get(pods.portOfB, path + "?timeout=1s"), 400, "until=held");
        assertProblem(pods.get(pods.portOfB, UNTIL_HELD + "&until=held"), 400, "twice");
        assertProblem(pods.get(pods.portOfB, path + "/events?since=1"), 400, "known: none");
    }

    @Test
    void callersThatGoAwayMakeRoomForOthers() throws Exception {
        List<Socket> callers = new ArrayList<>();
        for (int i = 0; i < ApiFixture.WAITING; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), pods.portOfB);
            socket.getOutputStream()
                    .write(("GET " + (i % 2 == 0 ? UNTIL_HELD : "/v1/locks/payments/events")
                                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            callers.add(socket);
        }
        String oneMore = UNTIL_HELD + "&timeout=1ms";
        await().untilAsserted(() ->
                assertProblem(pods.get(pods.portOfB, oneMore), 429, "at most " + ApiFixture.WAITING + " calls"));
        assertProblem(pods.get(pods.portOfB, "/v1/locks/payments/events"), 429, "calls wait");
        assertProblem(pods.get(pods.portOfB, "/sse"), 429, "calls wait");
        for (Socket caller : callers) {
            caller.close();
        }
        await().untilAsserted(() ->
                assertThat(pods.get(pods.portOfB, oneMore).statusCode()).isEqualTo(200));
    }
}
