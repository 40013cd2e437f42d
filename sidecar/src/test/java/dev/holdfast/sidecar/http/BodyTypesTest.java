package dev.holdfast.sidecar.http;

import static dev.holdfast.sidecar.http.ApiFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.mutex.KeyLease;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a body is said to be, and what becomes of it. */
@Timeout(60)
class BodyTypesTest extends TwoPods {

    private static final String ACQUIRE = "/v1/locks/orders/keys/typed/acquire";
    private static final String FORM = "application/x-www-form-urlencoded";

    @AfterEach
    void releaseAll() {
        pods.leases.held().forEach(lease -> lease.release().join());
    }

    private HttpResponse<String> acquire(String type, String body) throws Exception {
        return pods.post(pods.portOfA, ACQUIRE, type, body);
    }

    @Test
    void whatIsNoJsonIsRefusedAndNothingIsDone() throws Exception {
        String part = "--x\r\nContent-Disposition: form-data; name=\"autoRenew\"\r\n\r\ntrue\r\n--x--\r\n";
        assertProblem(acquire("multipart/form-data; boundary=x", part), 415, "application/json");
        assertProblem(acquire("text/plain;charset=UTF-8", "{\"autoRenew\":true}"), 415, "\"text/plain\"");
        assertProblem(acquire("application/xml", "<autoRenew/>"), 415, "application/json");
        assertThat(pods.leases.held()).isEmpty();
    }

    @Test
    void jsonIsTakenByItsNameAndAsCurlSendsIt() throws Exception {
        for (String type : new String[] {"application/json", "Application/JSON; charset=utf-8", FORM}) {
            assertThat(acquire(type, "{\"autoRenew\":true}").statusCode())
                    .as(type)
                    .isEqualTo(201);
            assertThat(pods.held().map(KeyLease::autoRenew)).as(type).hasValue(true);
            releaseAll();
        }
    }

    @Test
    void aPercentSignInWhatIsCalledAFormIsNoMistake() throws Exception {
        JsonObject body = new JsonObject()
                .put("resourceId", "100% sure & a=b+c")
                .put("lockOwner", "me")
                .put("expiryInSeconds", 2);
        HttpResponse<String> locked = pods.post(pods.portOfA, "/v1.0-alpha1/lock/orders", FORM, body.encode());
        assertThat(locked.body()).isEqualTo("{\"success\":true}");
        assertThat(pods.held().map(held -> held.key().text())).hasValue("100% sure & a=b+c");
    }

    @Test
    void withoutABodyTheTypeDoesNotMatter() throws Exception {
        assertThat(acquire("text/plain", "").statusCode()).isEqualTo(201);
        releaseAll();
        assertThat(acquire("multipart/form-data; boundary=x", "").statusCode()).isEqualTo(201);
    }
}
