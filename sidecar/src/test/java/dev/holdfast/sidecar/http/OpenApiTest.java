package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.FreePorts;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The description that is served, compared with the routes and with real answers. */
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

    private static final String LOCK = "/v1/locks/{lock}";
    private static final String KEY = LOCK + "/keys/{key}";
    private static final String LEASE = "/v1/leases/{leaseId}";
    private static final String DAPR = "/v1.0-alpha1/";
    private static final String NO_LEASE = "AAAAAAAAAAAAAAAAAAAAAA";

    private ApiFixture pods;
    private OpenApi api;
    private int portOfNobody;
    private final Set<String> answered = new TreeSet<>();

    @BeforeAll
    void start() throws Exception {
        pods = new ApiFixture();
        api = new OpenApi(pods.get(pods.portOfA, "/openapi.yaml").body());
        portOfNobody = FreePorts.pair();
        new ApiServer(pods.vertx, portOfNobody, List.of(), List.of(), pods.leases)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() throws Exception {
        pods.close();
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedCallIsARoute() {
        Set<String> routes = pods.api.calls().stream()
                .map(call -> call.replaceAll(":([A-Za-z]+)", "{$1}"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(routes).isNotEmpty().isEqualTo(api.calls());
        assertThat(api.version()).startsWith("3.1");
    }

    @Test
    void everyDocumentedAnswerIsGivenWithExactlyTheDocumentedFields() throws Exception {
        pods.leadByA();
        get(200, "/v1/locks", "/v1/locks", pods.portOfA);
        get(200, LOCK, "/v1/locks/payments", pods.portOfA);
        get(200, LOCK, "/v1/locks/payments", pods.portOfB);
        get(200, LOCK, "/v1/locks/payments?until=held&timeout=1ms", pods.portOfB);
        get(200, LOCK + "/held", "/v1/locks/payments/held", pods.portOfA);
        get(423, LOCK + "/held", "/v1/locks/payments/held", pods.portOfB);
        get(200, "/", "/", pods.portOfB);
        get(200, "/openapi.yaml", "/openapi.yaml", pods.portOfA);
        for (String path : List.of("/v1/locks", LOCK, LOCK + "/held", LOCK + "/events", "/", "/sse")) {
            get(400, path, path.replace("{lock}", "payments") + "?x=1", pods.portOfA);
        }
        for (String path : List.of(LOCK, LOCK + "/held", LOCK + "/events", "/", "/sse")) {
            get(404, path, path.replace("{lock}", "payments"), portOfNobody);
        }
        resign(400, pods.portOfA, "payments", "{\"x\":1}");
        resign(404, pods.portOfA, "nonesuch", "");
        resign(409, pods.portOfB, "payments", "");
        resign(413, pods.portOfA, "payments", "x".repeat(5000));
        keys();
        leases();
        dapr();
        sendForms();
        askAsAForeignHost();
        stream();
        resign(200, pods.portOfA, "payments", "{\"standDown\":\"20s\"}");
        loseTheQuorum();
        stopGivingKeys();
        assertThat(answered).isEqualTo(api.answers());
    }

    private void get(int status, String documented, String path, int port) throws Exception {
        check("GET " + documented, status, pods.get(port, path));
    }

    private void post(int status, String documented, String path, String body) throws Exception {
        check("POST " + documented, status, pods.post(pods.portOfA, path, body));
    }

    private void delete(int status, String leaseId) throws Exception {
        check("DELETE " + LEASE, status, pods.delete(pods.portOfA, "/v1/leases/" + leaseId));
    }

    private void acquire(int status, String body) throws Exception {
        post(status, KEY + "/acquire", "/v1/locks/orders/keys/a%2Fb/acquire", body);
    }

    private void hold(int status, String query) throws Exception {
        get(status, KEY + "/hold", "/v1/locks/orders/keys/a%2Fb/hold" + query, pods.portOfA);
    }

    private void keys() throws Exception {
        get(200, LOCK, "/v1/locks/orders", pods.portOfA);
        acquire(400, "{\"wait\":\"6m\"}");
        hold(400, "?wait=soon");
        acquire(413, "x".repeat(5000));
        post(404, KEY + "/acquire", "/v1/locks/payments/keys/x/acquire", "");
        get(404, KEY + "/hold", "/v1/locks/nonesuch/keys/x/hold", pods.portOfA);
        acquire(201, "{}");
        acquire(409, "{\"wait\":\"10ms\"}");
        hold(409, "");
        pods.delete(pods.portOfA, "/v1/leases/" + pods.held().orElseThrow().id());
        try (EventReader holding = pods.events(pods.portOfA, "/v1/locks/orders/keys/x/hold")) {
            check(
                    "GET " + KEY + "/hold",
                    holding.response().statusCode(),
                    holding.response().headers().firstValue("content-type").orElseThrow(),
                    "");
            // The data of an event is what the lease's own call answers.
            api.check(
                    "GET " + LEASE,
                    200,
                    "application/json",
                    holding.next().data().encode());
        }
        await().until(() -> pods.held().isEmpty());
        for (int i = 0; i < ApiFixture.KEYS; i++) {
            pods.take(pods.portOfA, "full-" + i, "{\"autoRenew\":true}");
        }
        acquire(429, "");
        post(429, DAPR + "lock/{lock}", DAPR + "lock/orders", daprBody("x", "me"));
        while (pods.held().isPresent()) {
            pods.delete(pods.portOfA, "/v1/leases/" + pods.held().orElseThrow().id());
        }
    }

    private void leases() throws Exception {
        String id = pods.take(pods.portOfA, "x", "{}").getString("leaseId");
        get(200, LEASE, "/v1/leases/" + id, pods.portOfA);
        post(200, LEASE + "/renew", "/v1/leases/" + id + "/renew", "");
        get(400, LEASE, "/v1/leases/" + id + "?x=1", pods.portOfA);
        check("DELETE " + LEASE, 400, pods.delete(pods.portOfA, "/v1/leases/" + id + "?x=1"));
        post(400, LEASE + "/renew", "/v1/leases/" + id + "/renew", "{\"x\":1}");
        post(413, LEASE + "/renew", "/v1/leases/" + id + "/renew", "x".repeat(5000));
        delete(204, id);
        delete(410, id);
        get(410, LEASE, "/v1/leases/" + NO_LEASE, pods.portOfA);
        post(410, LEASE + "/renew", "/v1/leases/" + id + "/renew", "");
        delete(404, "none");
        get(404, LEASE, "/v1/leases/none", pods.portOfA);
        post(404, LEASE + "/renew", "/v1/leases/none/renew", "");
    }

    private void dapr() throws Exception {
        for (String verb : List.of("lock", "unlock")) {
            String documented = DAPR + verb + "/{lock}";
            post(200, documented, DAPR + verb + "/orders", daprBody("x", "me"));
            post(400, documented, DAPR + verb + "/payments", daprBody("x", "me"));
            post(413, documented, DAPR + verb + "/orders", "x".repeat(5000));
        }
    }

    private void sendForms() throws Exception {
        String id = pods.take(pods.portOfA, "formed", "{}").getString("leaseId");
        for (String path : List.of(
                LOCK + "/resign", KEY + "/acquire", LEASE + "/renew", DAPR + "lock/{lock}", DAPR + "unlock/{lock}")) {
            String lock = path.endsWith("resign") ? "payments" : "orders";
            String url = path.replace("{lock}", lock).replace("{key}", "x").replace("{leaseId}", id);
            check("POST " + path, 415, pods.post(pods.portOfA, url, "multipart/form-data; boundary=x", "--x--"));
        }
        delete(204, id);
    }

    private static String daprBody(String resource, String owner) {
        return new JsonObject()
                .put("resourceId", resource)
                .put("lockOwner", owner)
                .put("expiryInSeconds", 2)
                .encode();
    }

    private void resign(int status, int port, String lock, String body) throws Exception {
        check("POST " + LOCK + "/resign", status, pods.post(port, "/v1/locks/" + lock + "/resign", body));
    }

    private void check(String call, int status, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(call).isEqualTo(status);
        check(call, status, response.headers().firstValue("content-type").orElse(""), response.body());
    }

    private void check(String call, int status, String contentType, String body) {
        api.check(call, status, contentType, body);
        answered.add(call + " " + status);
    }

    /** Streams, as many as there may be, and what is said to one more. */
    private void stream() throws Exception {
        List<EventReader> readers = new ArrayList<>();
        for (int i = 0; i < ApiFixture.WAITING; i++) {
            boolean dropIn = i % 2 == 0;
            EventReader reader = pods.events(pods.portOfA, dropIn ? "/sse" : "/v1/locks/payments/events");
            readers.add(reader);
            check(
                    dropIn ? "GET /sse" : "GET " + LOCK + "/events",
                    reader.response().statusCode(),
                    reader.response().headers().firstValue("content-type").orElseThrow(),
                    "");
            // The data of an event is what the plain call answers.
            String data = reader.next().data().encode();
            api.check(dropIn ? "GET /" : "GET " + LOCK, 200, "application/json", data);
        }
        get(429, LOCK, "/v1/locks/payments?until=held", pods.portOfA);
        get(429, LOCK + "/events", "/v1/locks/payments/events", pods.portOfA);
        get(429, "/sse", "/sse", pods.portOfA);
        hold(429, "");
        for (EventReader reader : readers) {
            reader.close();
        }
    }

    /** Java's own client does not let the Host header be chosen. */
    private void askAsAForeignHost() throws Exception {
        for (String call : api.calls()) {
            String line =
                    call.replace("{lock}", "payments").replace("{key}", "x").replace("{leaseId}", NO_LEASE);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pods.portOfA)) {
                socket.getOutputStream()
                        .write((line + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).startsWith("HTTP/1.1 403").contains("application/problem+json");
                JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
                check(call, 403, "application/problem+json", problem.encode());
            }
        }
        assertThat(pods.get(pods.portOfA, "/v1/locks/payments/held").statusCode())
                .as("nothing that a foreign page sent was done")
                .isEqualTo(200);
    }

    private void loseTheQuorum() throws Exception {
        String id = pods.take(pods.portOfA, "x", "{\"leaseDuration\":\"2s\"}").getString("leaseId");
        pods.cluster.server(0).kill();
        pods.cluster.server(1).kill();
        check("POST " + LEASE + "/renew", 503, pods.post(pods.portOfA, "/v1/leases/" + id + "/renew", ""));
        while (pods.get(pods.portOfA, "/v1/locks/payments/held").statusCode() != 503) {
            Thread.sleep(10);
        }
        get(503, LOCK + "/held", "/v1/locks/payments/held", pods.portOfA);
        get(200, LOCK, "/v1/locks/orders", pods.portOfA);
        acquire(503, "");
        hold(503, "?wait=0s");
        post(500, DAPR + "lock/{lock}", DAPR + "lock/orders", daprBody("free", "me"));
    }

    private void stopGivingKeys() throws Exception {
        pods.leases.close();
        acquire(503, "");
        post(503, DAPR + "lock/{lock}", DAPR + "lock/orders", daprBody("free", "me"));
    }
}
