package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.e2e.Leaders.Leader;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A node set with TLS on real pods: its password and its CA change while a lock is held, and nobody notices. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class NodeSetChangesE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Kubelets look at a pod each minute. */
    private static final Duration SECRETS_ARRIVE = Duration.ofSeconds(100);

    private static final String CREDENTIALS = "holdfast-default-credentials";
    private static final String CERTIFICATES = "holdfast-default-tls";
    private static final int VOTES_OF_TWO = 2;

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;
    private final HolderRecorder recorder;
    private final Payments payments;
    private FencedStore store;

    NodeSetChangesE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-changes");
        kube = installation.kube();
        recorder = new HolderRecorder(kube, Payments.NAME);
        payments = new Payments(kube, recorder);
    }

    @BeforeAll
    void install() {
        installation.install(Map.of("operator.secretsArriveWithin", SECRETS_ARRIVE.toSeconds() + "s"));
        store = FencedStore.start(kube);
        Example.named("leader-election")
                .applyTo(
                        kube,
                        yaml -> FencedStore.withWriters(yaml, Payments.NAME)
                                .replace("maxLeaseDuration: 5s", "maxLeaseDuration: 5s\n  tls: \"On\""));
        payments.awaitHolderAfter(0, PATIENCE);
        payments.awaitFullStrength();
    }

    @AfterEach
    void nobodyNoticed() {
        assertThat(recorder.violations()).isEmpty();
        assertThat(recorder.holders()).hasSize(1);
        assertThat(store.awaitToken(Payments.NAME, payments.holder().token())
                        .taken()
                        .inOrder())
                .containsExactly(
                        new Leader(payments.holder().pod(), payments.holder().token()));
    }

    @AfterAll
    void tell() {
        recorder.close();
        System.out.println(measured);
        installation.close();
    }

    @Test
    @Order(1)
    void nodesSpeakTlsAlone() {
        assertThat(redis("redis-cli --tls --cacert /etc/holdfast-redis/ca.crt PING"))
                .contains("NOAUTH");
        assertThat(redis("redis-cli PING")).doesNotContain("PONG").doesNotContain("NOAUTH");
        assertThat(authenticated(password())).contains("PONG");
    }

    @Test
    @Order(2)
    void aNodeSetInUseIsNotDeleted() {
        assertThatThrownBy(() -> kube.client()
                        .genericKubernetesResources("holdfast.dev/v1alpha1", "RedisNodeSet")
                        .inNamespace(kube.namespace())
                        .withName("default")
                        .delete())
                .hasMessageContaining("lock payments votes on RedisNodeSet default");
        assertThat(condition("InUse").path("message").asText()).isEqualTo("lock payments votes on it");
    }

    @Test
    @Order(3)
    void theirPasswordChanges() {
        String old = password();
        Set<String> pods = redisPods();
        long began = System.nanoTime();

        kube.client()
                .genericKubernetesResources("holdfast.dev/v1alpha1", "RedisNodeSet")
                .inNamespace(kube.namespace())
                .withName("default")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"metadata":{"annotations":{"holdfast.dev/rotate-credentials":"once"}}}""");

        await("another password").atMost(PATIENCE).until(() -> !password().equals(old));
        assertThat(authenticated(old)).as("both are valid").contains("PONG");
        assertThat(authenticated(password())).as("both are valid").contains("PONG");
        assertThat(redisPods()).doesNotContainAnyElementsOf(pods);
        measured.add("nodes know the new password beside the old one", Duration.ofNanos(System.nanoTime() - began));

        awaitReplaced(redisPods(), SECRETS_ARRIVE.plus(PATIENCE));
        measured.add("nodes have forgotten the old password", Duration.ofNanos(System.nanoTime() - began));
        assertThat(authenticated(old)).contains("NOAUTH").doesNotContain("PONG");
        assertThat(authenticated(password())).contains("PONG");
    }

    @Test
    @Order(4)
    void theirCaIsLostAndMadeAnew() {
        String authorities = secret(CERTIFICATES, "ca.crt");
        Set<String> pods = redisPods();
        long began = System.nanoTime();

        kube.client()
                .secrets()
                .inNamespace(kube.namespace())
                .withName(CERTIFICATES)
                .delete();

        await("another CA beside the old one")
                .atMost(PATIENCE)
                .until(() -> secret(CREDENTIALS, "ca.crt").length() > authorities.length());
        assertThat(secret(CREDENTIALS, "ca.crt")).endsWith(authorities).isNotEqualTo(authorities);
        assertThat(redisPods()).isEqualTo(pods);
        awaitReplaced(pods, SECRETS_ARRIVE.plus(PATIENCE));
        measured.add("nodes present a certificate of another CA", Duration.ofNanos(System.nanoTime() - began));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(SECRETS_ARRIVE);
    }

    /** One node after the other, and never two of three without a vote. */
    private void awaitReplaced(Set<String> pods, Duration atMost) {
        AtomicInteger fewestVotes = new AtomicInteger(Integer.MAX_VALUE);
        await("all nodes replaced")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    Set<String> now = redisPods();
                    fewestVotes.accumulateAndGet(
                            payments.nodeSet().at("/status/voting").asInt(), Math::min);
                    return now.size() == 3
                            && now.stream().noneMatch(pods::contains)
                            && condition("UpToDate").path("status").asText().equals("True");
                });
        payments.awaitFullStrength();
        assertThat(fewestVotes).hasValue(VOTES_OF_TWO);
    }

    private Set<String> redisPods() {
        return kube.pods("holdfast.dev/node-set", "default").stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private JsonNode condition(String type) {
        for (JsonNode condition : payments.nodeSet().at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return Kube.json("{}");
    }

    private String password() {
        return secret(CREDENTIALS, "password");
    }

    private String secret(String name, String key) {
        var secret = kube.client()
                .secrets()
                .inNamespace(kube.namespace())
                .withName(name)
                .get();
        String encoded = secret == null || secret.getData() == null
                ? null
                : secret.getData().get(key);
        return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private String authenticated(String password) {
        return redis("REDISCLI_AUTH='" + password
                + "' redis-cli --user holdfast --tls --cacert /etc/holdfast-redis/ca.crt INFO server"
                + " | sed s/^redis_version.*/PONG/");
    }

    private String redis(String command) {
        return kube.exec("holdfast-default-0-0", "redis", "sh", "-c", command + " 2>&1; true");
    }
}
