package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys of a Mutex lock, taken in two pods on real nodes. */
@Timeout(60)
class KeyCallsTest extends TwoPods {

    @AfterEach
    void releaseAll() throws Exception {
        while (pods.held().isPresent()) {
            pods.delete(pods.portOfA, lease(pods.held().orElseThrow().id()));
        }
    }

    private static String lease(String id) {
        return "/v1/leases/" + id;
    }

    private static String lease(JsonObject taken) {
        return lease(taken.getString("leaseId"));
    }

    private HttpResponse<String> acquireInB(String key, String body) throws Exception {
        return pods.post(pods.portOfB, acquire(key), body);
    }

    private static String acquire(String key) {
        return "/v1/locks/orders/keys/" + key + "/acquire";
    }

    @Test
    void aKeyIsHeldByOneUntilItIsReleasedAndTokensRise() throws Exception {
        JsonObject first = pods.take(pods.portOfA, "invoice-7", "");
        HttpResponse<String> refused = acquireInB("invoice-7", "{\"leaseDuration\":\"100ms\"}");
        JsonObject other = pods.take(pods.portOfA, "invoice-8", "");
        JsonObject state = new JsonObject(pods.get(pods.portOfA, lease(first)).body());
        HttpResponse<String> released = pods.delete(pods.portOfA, lease(first));
        HttpResponse<String> second = acquireInB("invoice-7", "");
        JsonObject taken = new JsonObject(second.body());
        pods.delete(pods.portOfB, lease(taken));

        assertProblem(refused, 409, "held in pod pod-a");
        JsonObject refusal = new JsonObject(refused.body());
        assertThat(refusal.getJsonObject("holder").getString("pod")).isEqualTo("pod-a");
        // The holder's lease counts, not the one that was asked for.
        assertThat(refusal.getLong("retryAfterMs"))
                .isBetween(ApiFixture.LEASE.toMillis() / 2, ApiFixture.LEASE.toMillis());
        assertThat(state.getBoolean("held")).isTrue();
        assertThat(state.getString("key")).isEqualTo("invoice-7");
        assertThat(state.getLong("fencingToken")).isEqualTo(first.getLong("fencingToken"));
        assertThat(first.getLong("validForMs")).isBetween(1L, ApiFixture.LEASE.toMillis());
        assertThat(released.statusCode()).isEqualTo(204);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.headers().firstValue("location")).hasValue(lease(taken));
        assertThat(taken.getLong("fencingToken")).isGreaterThan(first.getLong("fencingToken"));
        assertThat(other.getString("leaseId")).isNotEqualTo(first.getString("leaseId"));
        assertProblem(pods.get(pods.portOfA, lease(first)), 410, "released");
    }

    @Test
    void aWaiterGetsTheKeyWhenItIsReleased() throws Exception {
        JsonObject first = pods.take(pods.portOfA, "waited-for", "{\"autoRenew\":true}");
        CompletableFuture<HttpResponse<String>> waiter =
                pods.postLater(pods.portOfB, acquire("waited-for"), "{\"wait\":\"30s\"}");
        // Longer than a lease: it is renewed.
        await().during(ApiFixture.LEASE).until(() -> !waiter.isDone());
        pods.delete(pods.portOfA, lease(first));

        HttpResponse<String> second = waiter.get(10, TimeUnit.SECONDS);
        assertThat(second.statusCode()).isEqualTo(201);
        JsonObject taken = new JsonObject(second.body());
        assertThat(taken.getLong("fencingToken")).isGreaterThan(first.getLong("fencingToken"));
        pods.delete(pods.portOfB, lease(taken));
    }

    @Test
    void aKeyThatIsNotRenewedInTimeIsGivenToTheNext() throws Exception {
        JsonObject first = pods.take(pods.portOfA, "forgotten", "{\"leaseDuration\":\"1s\"}");
        HttpResponse<String> second = acquireInB("forgotten", "{\"wait\":\"20s\"}");

        assertThat(second.statusCode()).isEqualTo(201);
        HttpResponse<String> gone = pods.get(pods.portOfA, lease(first));
        assertProblem(gone, 410, "not renewed by its holder");
        assertThat(new JsonObject(gone.body()).getString("reason")).isEqualTo("expired");
        assertProblem(pods.post(pods.portOfA, lease(first) + "/renew", ""), 410, "not renewed");
        pods.delete(pods.portOfB, lease(new JsonObject(second.body())));
    }

    @Test
    void aKeyThatIsRenewedIsKept() throws Exception {
        JsonObject taken = pods.take(pods.portOfA, "kept", "{\"leaseDuration\":\"1s\"}");
        long renewedUntil = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        int renewals = 0;
        while (System.nanoTime() < renewedUntil) {
            HttpResponse<String> renewed = pods.post(pods.portOfA, lease(taken) + "/renew", "");
            assertThat(renewed.statusCode()).as(renewed.body()).isEqualTo(200);
            assertThat(new JsonObject(renewed.body()).getLong("fencingToken")).isEqualTo(taken.getLong("fencingToken"));
            renewals++;
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(renewals).isGreaterThan(3);
        assertProblem(acquireInB("kept", ""), 409, "pod-a");
    }

    @Test
    void aKeyIsTakenBackAfterMaxHold() throws Exception {
        JsonObject taken = pods.take(pods.portOfA, "bounded", "hoarded", "{\"autoRenew\":true}");
        JsonObject next = pods.take(pods.portOfB, "bounded", "hoarded", "{\"wait\":\"30s\"}");
        HttpResponse<String> gone = pods.get(pods.portOfA, lease(taken));
        assertThat(new JsonObject(gone.body()).getString("reason")).isEqualTo("max-hold");
        pods.delete(pods.portOfB, lease(next));
    }

    @Test
    void aCallerThatGoesAwayWhileItWaitsDoesNotTakeTheKey() throws Exception {
        JsonObject first = pods.take(pods.portOfA, "left", "{\"autoRenew\":true}");
        try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), pods.portOfB)) {
            String body = "{\"wait\":\"60s\",\"autoRenew\":true}";
            caller.getOutputStream()
                    .write(("POST " + acquire("left") + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            // Its place in line is seen by a second waiter behind it, which times out.
            assertProblem(acquireInB("left", "{\"wait\":\"300ms\"}"), 409, "pod-a");
        }
        // The sidecar hears of it in a moment.
        await().untilAsserted(() -> assertThat(pods.waitersInB()).isZero());
        pods.delete(pods.portOfA, lease(first));
        // Below the lease: whoever left had it for no moment, or it would be waited out.
        JsonObject next = pods.take(pods.portOfA, "left", "{\"wait\":\"1500ms\"}");
        assertThat(next.getLong("fencingToken")).isGreaterThan(first.getLong("fencingToken"));
    }

    @Test
    void anyTextIsAKey() throws Exception {
        JsonObject slash = pods.take(pods.portOfA, "a%2Fb", "");
        JsonObject other = pods.take(pods.portOfA, "a%252Fb", "");
        JsonObject unicode = pods.take(pods.portOfA, "Rechnung%20%C3%84%20%F0%9F%94%92", "");

        assertThat(key(slash)).isEqualTo("a/b");
        assertThat(key(other)).isEqualTo("a%2Fb");
        assertThat(key(unicode)).isEqualTo("Rechnung Ä 🔒");
        assertProblem(acquireInB("a%2Fb", ""), 409, "pod-a");
        assertProblem(acquireInB("%C3%84".repeat(43), ""), 400, "1 to 256");
        assertProblem(acquireInB("x".repeat(257), ""), 400, "257 characters");
    }

    private String key(JsonObject taken) throws Exception {
        return new JsonObject(pods.get(pods.portOfA, lease(taken)).body()).getString("key");
    }

    @Test
    void asManyKeysAsMayBeHeldAndNotOneMore() throws Exception {
        JsonObject first = pods.take(pods.portOfA, "0", "{\"autoRenew\":true}");
        for (int i = 1; i < ApiFixture.KEYS; i++) {
            pods.take(pods.portOfA, Integer.toString(i), "{\"autoRenew\":true}");
        }
        assertProblem(pods.post(pods.portOfA, acquire("more"), ""), 429, "at most " + ApiFixture.KEYS);
        pods.delete(pods.portOfA, lease(first));
        pods.take(pods.portOfA, "more", "");
    }

    @Test
    void mistakesAreToldWithWhatIsAllowed() throws Exception {
        assertProblem(acquireInB("x", "{\"leaseDuration\":\"5m\"}"), 400, "maxLeaseDuration");
        assertProblem(acquireInB("x", "{\"leaseDuration\":\"1ms\"}"), 400, "100ms to 600s");
        assertProblem(acquireInB("x", "{\"leaseDuration\":10}"), 400, "10s");
        assertProblem(acquireInB("x", "{\"wait\":\"10m\"}"), 400, "0ms to 300s");
        assertProblem(acquireInB("x", "{\"autoRenew\":\"yes\"}"), 400, "true or false");
        assertProblem(acquireInB("x", "{\"ttl\":1}"), 400, "known: leaseDuration, wait, autoRenew");
        assertProblem(acquireInB("x", "{"), 400, "JSON object");
        assertProblem(pods.get(pods.portOfB, acquire("x")), 405, "allowed: POST");
        assertProblem(pods.get(pods.portOfB, "/v1/locks/orders/held"), 404, "mode Mutex");
        assertProblem(pods.post(pods.portOfB, "/v1/locks/payments/keys/x/acquire", ""), 404, "mode Leader");
        assertProblem(pods.get(pods.portOfB, "/v1/leases/short"), 404, "leaseId");
    }

    @Test
    void headsAreLimited() throws Exception {
        assertThat(raw("GET /v1/locks/orders/keys/%zz/hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .contains(" 400 ", "application/problem+json", "percent");
        assertThat(raw("GET /v1/locks HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(5000) + "\r\n\r\n"))
                .contains(" 431 ", "application/problem+json", "4096 bytes");
        assertThat(raw("GET /v1/" + "x".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ", "application/problem+json", "4096 bytes");
    }

    @Test
    void aBrowserCannotTakeAKeyForAForeignPage() throws Exception {
        for (String header :
                new String[] {"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"}) {
            assertThat(raw("POST " + acquire("browsed") + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header
                            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
        assertThat(raw("POST " + acquire("browsed")
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://localhost:3000\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 201");
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pods.portOfA)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
