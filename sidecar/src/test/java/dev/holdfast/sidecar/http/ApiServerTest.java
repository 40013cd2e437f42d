package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The calls of the API, on real elections on real nodes. */
@Timeout(60)
class ApiServerTest extends TwoPods {

    @Test
    void resigningHandsOverAndTheStateFollows() throws Exception {
        pods.awaitHeld(pods.portOfA);
        JsonObject leading =
                new JsonObject(pods.get(pods.portOfA, "/v1/locks/payments").body());
        HttpResponse<String> resigned = pods.post(pods.portOfA, "/v1/locks/payments/resign", "{\"standDown\":\"5s\"}");
        pods.awaitHeld(pods.portOfB);
        JsonObject successor =
                new JsonObject(pods.get(pods.portOfB, "/v1/locks/payments").body());
        HttpResponse<String> refused = pods.post(pods.portOfA, "/v1/locks/payments/resign", "");
        pods.post(pods.portOfB, "/v1/locks/payments/resign", "{\"standDown\":\"20s\"}");
        pods.awaitHeld(pods.portOfA);

        assertThat(leading.fieldNames())
                .containsExactlyInAnyOrder(
                        "lock", "mode", "state", "held", "fencingToken", "validForMs", "holder", "quorum");
        assertThat(leading.getString("state")).isEqualTo("Leading");
        assertThat(leading.getLong("validForMs")).isBetween(1L, ApiFixture.LEASE.toMillis());
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
        pods.awaitHeld(pods.portOfA);
        JsonObject state =
                new JsonObject(pods.get(pods.portOfB, "/v1/locks/payments").body());
        while (state.getJsonObject("holder") == null) {
            state = new JsonObject(pods.get(pods.portOfB, "/v1/locks/payments").body());
        }
        assertThat(state.getString("state")).isEqualTo("Following");
        assertThat(state.getValue("fencingToken")).isNull();
        assertThat(state.getInteger("validForMs")).isZero();
        assertThat(state.getJsonObject("holder").getString("pod")).isEqualTo("pod-a");
        assertThat(pods.get(pods.portOfB, "/v1/locks/payments/held").statusCode())
                .isEqualTo(423);
        assertThat(new JsonArray(pods.get(pods.portOfB, "/v1/locks").body())
                        .stream().map(each -> ((JsonObject) each).getString("lock")))
                .containsExactly("bounded", "orders", "payments");
    }

    @Test
    void mistakesAreToldWithWhatIsAllowed() throws Exception {
        assertProblem(pods.get(pods.portOfA, "/v1/locks/nonesuch"), 404, "[bounded, orders, payments]");
        assertProblem(pods.get(pods.portOfA, "/v2"), 404, "/openapi.yaml");
        assertProblem(pods.post(pods.portOfA, "/v1/locks/payments", ""), 405, "POST");
        assertProblem(
                pods.post(pods.portOfA, "/v1/locks/payments/resign", "{\"standdown\":\"1s\"}"),
                400,
                "known: standDown");
        assertProblem(pods.post(pods.portOfA, "/v1/locks/payments/resign", "{\"standDown\":\"soon\"}"), 400, "10s");
        assertProblem(pods.resign(pods.portOfA, "999999999h"), 400, "86400s");
        assertProblem(pods.post(pods.portOfA, "/v1/locks/payments/resign", "[]"), 400, "JSON object");
        assertProblem(pods.post(pods.portOfA, "/v1/locks/payments/resign", "x".repeat(5000)), 413, "4096");
    }

    @Test
    void aHostThatIsNotLocalIsRefused() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pods.portOfA)) {
            socket.getOutputStream()
                    .write("GET /v1/locks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 403").contains("evil.example");
        }
    }
}
