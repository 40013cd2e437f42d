package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dapr's lock API, with the bodies and codes of its reference, in two pods on real nodes. */
@Timeout(60)
class DaprCallsTest extends TwoPods {

    private HttpResponse<String> post(int port, String verb, JsonObject body) throws Exception {
        return pods.post(port, "/v1.0-alpha1/" + verb + "/orders", body.encode());
    }

    private static JsonObject body(String resource, String owner) {
        return new JsonObject()
                .put("resourceId", resource)
                .put("lockOwner", owner)
                .put("expiryInSeconds", 2);
    }

    private boolean lock(int port, String resource, String owner) throws Exception {
        HttpResponse<String> response = post(port, "lock", body(resource, owner));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body()).getBoolean("success");
    }

    private int unlock(int port, String resource, String owner) throws Exception {
        HttpResponse<String> response = post(port, "unlock", body(resource, owner));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body()).getInteger("status");
    }

    @Test
    void oneOwnerHasTheResourceUntilItUnlocks() throws Exception {
        assertThat(lock(pods.portOfA, "my_file_name", "random_id_abc123")).isTrue();
        assertThat(lock(pods.portOfA, "my_file_name", "random_id_abc123")).isFalse();
        assertThat(lock(pods.portOfB, "my_file_name", "somebody_else")).isFalse();
        assertThat(unlock(pods.portOfA, "my_file_name", "somebody_else")).isEqualTo(2);
        assertThat(unlock(pods.portOfB, "my_file_name", "random_id_abc123")).isEqualTo(2);
        assertThat(unlock(pods.portOfA, "my_file_name", "random_id_abc123")).isZero();
        assertThat(unlock(pods.portOfA, "my_file_name", "random_id_abc123")).isEqualTo(1);
        assertThat(lock(pods.portOfB, "my_file_name", "somebody_else")).isTrue();
        assertThat(unlock(pods.portOfB, "my_file_name", "somebody_else")).isZero();
    }

    @Test
    void theResourceIsFreeWhenItHasExpired() throws Exception {
        assertThat(lock(pods.portOfA, "expiring", "first")).isTrue();
        await().until(() -> lock(pods.portOfB, "expiring", "second"));
        assertThat(unlock(pods.portOfA, "expiring", "first")).isEqualTo(2);
        assertThat(unlock(pods.portOfB, "expiring", "second")).isZero();
    }

    @Test
    void itIsTheSameResourceByEveryCall() throws Exception {
        JsonObject taken = pods.take(pods.portOfA, "shared", "");
        assertThat(lock(pods.portOfB, "shared", "me")).isFalse();
        assertThat(unlock(pods.portOfA, "shared", "me")).isEqualTo(2);
        pods.delete(pods.portOfA, "/v1/leases/" + taken.getString("leaseId"));
        assertThat(lock(pods.portOfB, "shared", "me")).isTrue();
        assertThat(unlock(pods.portOfB, "shared", "me")).isZero();
    }

    @Test
    void mistakesHaveItsCodes() throws Exception {
        assertError(post(pods.portOfA, "lock", body("", "me")), "ERR_MALFORMED_REQUEST");
        assertError(post(pods.portOfA, "lock", body("x", "")), "ERR_MALFORMED_REQUEST");
        assertError(post(pods.portOfA, "lock", body("x", "me").put("expiryInSeconds", 0)), "ERR_MALFORMED_REQUEST");
        assertError(post(pods.portOfA, "lock", body("x", "me").put("expiryInSeconds", 60)), "ERR_MALFORMED_REQUEST");
        assertError(pods.post(pods.portOfA, "/v1.0-alpha1/lock/orders", "[1]"), "ERR_MALFORMED_REQUEST");
        assertError(
                pods.post(
                        pods.portOfA,
                        "/v1.0-alpha1/unlock/nonesuch",
                        body("x", "me").encode()),
                "ERR_LOCK_STORE_NOT_FOUND");
        assertThat(unlock(pods.portOfA, "x", "me")).isEqualTo(1);
    }

    private static void assertError(HttpResponse<String> response, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonObject error = new JsonObject(response.body());
        assertThat(error.getString("errorCode")).isEqualTo(code);
        assertThat(error.getString("message")).isEqualTo(error.getString("detail"));
    }
}
