package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.operator.certificates.IssuedCertificates;
import dev.holdfast.operator.certificates.ServerCertificate;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint over real HTTPS. */
class WebhookServerTest {
    private static final Scenario PLAIN = new Scenario(Scenario.FOLDERS.resolve(Path.of("deployment-pod")));

    private final Vertx vertx = Vertx.vertx();
    private final IssuedCertificates certificates = new IssuedCertificates();
    private final List<String> counted = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch slow = new CountDownLatch(1);
    private final WebhookServer server = new WebhookServer(
            vertx,
            0,
            new AdmissionHandler(
                    Scenario.SETTINGS,
                    new SlowOrBroken(PLAIN.locks(), slow),
                    (decision, reason) -> counted.add(decision + ' ' + reason),
                    Duration.ofMillis(500)));

    @BeforeEach
    void listen() {
        present(certificates.first());
    }

    @AfterEach
    void close() throws Exception {
        slow.countDown();
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void podIsInjected() throws Exception {
        // When
        HttpsReply reply = client().post("/mutate", "application/json", review().toString());

        // Then
        assertThat(reply.status()).isEqualTo(200);
        JsonNode response = Review.response(reply.body());
        assertThat(response.path("uid").asText()).isEqualTo(Review.UID);
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        assertThat(Review.patched(PLAIN.pod(), response)).isEqualTo(PLAIN.yaml("expected.yaml"));
        assertThat(counted).containsExactly("inject opted-in");
    }

    @Test
    void contentTypeMayNameACharset() throws Exception {
        assertThat(client().post("/mutate", "Application/JSON; charset=utf-8", review().toString())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void strangerIsNotTrusted() {
        // Given
        HttpsClient client = new HttpsClient(server.port(), new IssuedCertificates().authority());

        // Then
        assertThatThrownBy(() -> client.post("/mutate", "application/json", "{}"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void renewedCertificateIsPresentedAtTheNextConnection() throws Exception {
        // Given
        X509Certificate before = client().presented();

        // When
        present(certificates.renewed());

        // Then
        assertThat(client().presented()).isNotEqualTo(before);
        assertThat(client().post("/mutate", "application/json", review().toString())
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void otherContentIsRefused(String type) throws Exception {
        assertThat(client().post("/mutate", type, review().toString()))
                .isEqualTo(new HttpsReply(415, "send application/json\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "{",
                "{} {}",
                "[]",
                "null",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\",\"request\":{\"uid\":\"1\"}}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":[]}"
            })
    void whatIsNoReviewIsRefused(String body) throws Exception {
        assertThat(client().post("/mutate", "application/json", body).status()).isEqualTo(400);
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        assertThat(client().post("/mutate", "application/json", "[".repeat(1_000_000))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void bodyBeyondTheLimitIsRefused() throws Exception {
        assertThat(client().post("/mutate", "application/json", " ".repeat((3 << 20) + 1))
                        .status())
                .isEqualTo(413);
        assertThat(client().post("/mutate", "application/json", " ".repeat(3 << 20))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        assertThat(client().post("/", "application/json", "{}").status()).isEqualTo(404);
        assertThat(client().get("/mutate").status()).isEqualTo(405);
    }

    @Test
    void whatIsNoNewPodIsAllowedAsItIs() throws Exception {
        // Given
        ObjectNode update = review();
        update.withObject("/request").put("operation", "UPDATE");
        ObjectNode deployment = review();
        deployment.withObject("/request/kind").put("group", "apps").put("kind", "Deployment");
        ObjectNode binding = review();
        binding.withObject("/request").put("subResource", "binding");

        for (ObjectNode review : List.of(update, deployment, binding)) {
            // When
            JsonNode response = Review.response(client().post("/mutate", "application/json", review.toString())
                    .body());

            // Then
            assertThat(response.path("allowed").asBoolean()).isTrue();
            assertThat(response.has("patch")).isFalse();
        }
        assertThat(counted).containsOnly("skip not-a-new-pod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken", "slow"})
    void failureIsADenialThatSaysSo(String lock) throws Exception {
        // Given
        ObjectNode review = review();
        review.withObject("/request/object/metadata/annotations").put("holdfast.dev/locks", lock);

        // When
        JsonNode response = Review.response(
                client().post("/mutate", "application/json", review.toString()).body());

        // Then
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status").path("code").asInt()).isEqualTo(500);
        assertThat(response.path("status").path("message").asText()).contains("its operator's log says why");
        assertThat(counted).containsExactly("deny failure");
    }

    @Test
    void podWithoutSpecIsDenied() throws Exception {
        // Given
        ObjectNode review = review();
        review.withObject("/request/object").remove("spec");

        // When
        JsonNode response = Review.response(
                client().post("/mutate", "application/json", review.toString()).body());

        // Then
        assertThat(response.path("allowed").asBoolean()).isFalse();
    }

    @Test
    void oneSlowLookupHoldsUpNobody() throws Exception {
        // Given
        ObjectNode review = review();
        review.withObject("/request/object/metadata/annotations").put("holdfast.dev/locks", "slow");
        List<CompletableFuture<Integer>> waiting = IntStream.range(0, 20)
                .mapToObj(_ -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return client().post("/mutate", "application/json", review.toString())
                                        .status();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        task -> Thread.ofVirtual().start(task)))
                .toList();

        // When
        HttpsReply reply = client().post("/mutate", "application/json", review().toString());

        // Then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(waiting).allSatisfy(call -> assertThat(call.get()).isEqualTo(200));
    }

    private void present(ServerCertificate certificate) {
        server.present(certificate.chain(), certificate.key());
    }

    private HttpsClient client() {
        return new HttpsClient(server.port(), certificates.authority());
    }

    private static ObjectNode review() {
        return Review.of(PLAIN.pod(), Scenario.NAMESPACE);
    }

    /** The lock named slow is not found in time, the one named broken not at all. */
    private record SlowOrBroken(Locks locks, CountDownLatch released) implements Locks {

        @Override
        public Optional<DistributedLock> lock(String namespace, String name) {
            return switch (name) {
                case "broken" -> throw new IllegalStateException("no API server");
                case "slow" -> {
                    try {
                        released.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                    yield Optional.empty();
                }
                default -> locks.lock(namespace, name);
            };
        }

        @Override
        public Optional<RedisNodeSet> nodeSet(String namespace, String name) {
            return locks.nodeSet(namespace, name);
        }

        @Override
        public List<String> names(String namespace) {
            return locks.names(namespace);
        }
    }
}
