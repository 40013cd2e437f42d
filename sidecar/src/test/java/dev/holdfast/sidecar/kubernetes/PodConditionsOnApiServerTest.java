package dev.holdfast.sidecar.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.faults.CutProxy;
import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.TestCertificates;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conditions in a real API server, with the rights that a pod's sidecar has, through a line that can be cut. */
@NeedsApiServer
@Timeout(90)
class PodConditionsOnApiServerTest {

    private static final Standing FOLLOWS = Standing.campaigning("follows pod b");

    private final Vertx vertx = Vertx.vertx();
    private final SystemEnvironment system = new SystemEnvironment();
    private CutProxy line;
    private TestPod pod;
    private PodConditions conditions;
    private volatile Standing standing = Standing.campaigning("nobody holds it");

    @BeforeEach
    void prepare() throws IOException {
        TestApiServer server = TestApiServer.running();
        line = new CutProxy(new Endpoint(server.host(), server.port()));
        pod = new TestPod(server);
        conditions = PodConditions.of(
                pod.seenFrom("127.0.0.1", line.endpoint().port()), vertx, system.environment(), Clock.systemUTC());
        conditions.keep("payments", () -> standing);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        system.close();
        line.close();
    }

    private static Standing holds(long token) {
        return Standing.held("holds payments with fencing token " + token);
    }

    private void become(Standing next) {
        standing = next;
        conditions.changed();
    }

    private void awaitCondition(String expected) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(pod.condition("payments")).isEqualTo(expected));
    }

    @Test
    void theConditionFollowsTheLockAndAllElseIsLeftAlone() {
        Pod before = pod.resource().get();
        Instant start = Instant.now().minusSeconds(1);
        conditions.start();
        awaitCondition("False/Campaigning/nobody holds it");
        Instant since = Instant.parse(pod.find("payments").orElseThrow().getLastTransitionTime());
        become(holds(7));
        awaitCondition("True/Held/holds payments with fencing token 7");
        become(FOLLOWS);
        awaitCondition("False/Campaigning/follows pod b");

        Pod after = pod.resource().get();
        assertThat(since).isBetween(start, Instant.now());
        assertThat(after.getStatus().getConditions())
                .containsAll(before.getStatus().getConditions());
        assertThat(after.getStatus().getConditions())
                .hasSize(before.getStatus().getConditions().size() + 1);
        assertThat(after.getMetadata().getLabels())
                .isEqualTo(before.getMetadata().getLabels());
        assertThat(conditions.failures()).isZero();
    }

    @Test
    void whileTheApiServerIsAwayOnlyTheLatestStateIsKept() throws Exception {
        conditions.start();
        awaitCondition("False/Campaigning/nobody holds it");
        try (TestPod.History history = pod.history("payments")) {
            line.stop();
            become(holds(7));
            become(FOLLOWS);
            become(holds(9));
            await().until(() -> conditions.failures() > 0);
            line.start();
            awaitCondition("True/Held/holds payments with fencing token 9");
            await().until(() -> !history.entries().isEmpty());
            assertThat(history.entries()).containsOnly("True/Held/holds payments with fencing token 9");
        }
    }

    @Test
    void aSilentApiServerDoesNotKeepALossBack() {
        conditions.start();
        awaitCondition("False/Campaigning/nobody holds it");
        line.swallow();
        become(holds(7));
        become(FOLLOWS);
        line.heal();
        awaitCondition("False/Campaigning/follows pod b");
    }

    @Test
    void anotherPodOfTheSameNameIsNotTouched() throws Exception {
        pod.writeToken(pod.unboundToken());
        Pod other = pod.replace();
        conditions.start();
        await().until(() -> conditions.stop().isDone());
        Pod after = pod.resource().get();
        assertThat(after.getMetadata().getUid()).isEqualTo(other.getMetadata().getUid());
        assertThat(after.getMetadata().getResourceVersion())
                .isEqualTo(other.getMetadata().getResourceVersion());
        assertThat(pod.condition("payments")).isEmpty();
        assertThat(conditions.failures()).isZero();
    }

    @Test
    void theTokenOfAPodThatIsGoneIsGoodForNothing() {
        Pod other = pod.replace();
        conditions.start();
        await().until(() -> conditions.failures() >= 2);
        assertThat(pod.resource().get().getMetadata().getResourceVersion())
                .isEqualTo(other.getMetadata().getResourceVersion());
    }

    @Test
    void aPodThatWasReplacedUnderwayIsGoneForGood() throws Exception {
        pod.writeToken(pod.unboundToken());
        conditions.start();
        awaitCondition("False/Campaigning/nobody holds it");
        pod.replace();
        become(holds(7));
        await().until(() -> conditions.stop().isDone());
        assertThat(pod.condition("payments")).isEmpty();
    }

    @Test
    void aPodThatWasDeletedIsGoneForGood() throws Exception {
        pod.writeToken(pod.unboundToken());
        pod.delete();
        conditions.start();
        await().until(() -> conditions.stop().isDone());
        assertThat(pod.resource().get()).isNull();
    }

    @Test
    void theRightMayComeLater() {
        pod.forbid();
        conditions.start();
        await().until(() -> conditions.failures() >= 2);
        List<PodCondition> meanwhile = pod.conditions();
        pod.allow();
        awaitCondition("False/Campaigning/nobody holds it");
        assertThat(meanwhile).extracting(PodCondition::getType).doesNotContain("holdfast.dev/payments");
    }

    @Test
    void theTokenIsReadForEachRequest() throws Exception {
        pod.writeToken("expired");
        conditions.start();
        await().until(() -> conditions.failures() > 0);
        pod.writeToken(pod.token());
        awaitCondition("False/Campaigning/nobody holds it");
    }

    @Test
    void anApiServerOfAnotherAuthorityIsNotTalkedTo() throws Exception {
        String right = TestApiServer.running().authority();
        pod.writeAuthority(Files.readString(TestCertificates.make().certificate()));
        conditions.start();
        await().until(() -> conditions.failures() >= 2);
        assertThat(pod.condition("payments")).isEmpty();
        pod.writeAuthority(right);
        awaitCondition("False/Campaigning/nobody holds it");
    }

    @Test
    void anApiServerOfAnotherNameIsNotToldTheToken() throws Exception {
        // Given a server whose certificate is good, but for 127.0.0.1 alone
        TestCertificates certificates = TestCertificates.make();
        pod.writeAuthority(Files.readString(certificates.certificate()));
        List<String> requests = new CopyOnWriteArrayList<>();
        int port = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(certificates.certificate().toString())
                                .addKeyPath(certificates.key().toString())))
                .requestHandler(request -> {
                    requests.add(String.valueOf(request.getHeader("Authorization")));
                    request.response().end("{}");
                })
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();

        // When it is asked under another name
        PodConditions elsewhere =
                PodConditions.of(pod.seenFrom("localhost", port), vertx, system.environment(), Clock.systemUTC());
        elsewhere.keep("payments", () -> standing);
        elsewhere.start();
        await().until(() -> elsewhere.failures() >= 2);

        // Then
        assertThat(requests).isEmpty();

        // And under its own it is told: that is what failed above
        PodConditions here =
                PodConditions.of(pod.seenFrom("127.0.0.1", port), vertx, system.environment(), Clock.systemUTC());
        here.keep("payments", () -> standing);
        here.start();
        await().untilAsserted(() -> assertThat(requests)
                .containsExactly("Bearer " + Files.readString(pod.directory().resolve("kubernetes/token"))));
    }
}
