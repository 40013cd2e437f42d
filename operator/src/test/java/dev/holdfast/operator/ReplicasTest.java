package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.webhook.HttpsClient;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas as processes: both answer, one reconciles, and the other takes over. */
@ExtendWith(RealApiServer.class)
class ReplicasTest {

    /** A lease of 15 s, and what a busy machine adds. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private ApiServer server;
    private Chart chart;
    private OperatorProcess one;
    private OperatorProcess two;

    @BeforeEach
    void start(ApiServer given) throws Exception {
        server = given;
        chart = Chart.render();
        chart.install(server.client());
        one = OperatorProcess.start(server, directory, "holdfast-operator-1");
        await().atMost(TAKE_OVER)
                .untilAsserted(() -> assertThat(one.leads()).as(one.log()).isTrue());
        two = OperatorProcess.start(server, directory, "holdfast-operator-2");
        await().atMost(TAKE_OVER)
                .untilAsserted(
                        () -> assertThat(two.answers("/readyz")).as(two.log()).isTrue());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        chart.uninstall(server.client());
    }

    @Test
    void bothAnswerAboutPodsAndOneReconciles() throws Exception {
        assertThat(two.leads()).isFalse();
        for (OperatorProcess replica : List.of(one, two)) {
            assertThat(replica.answers("/livez")).isTrue();
            assertThat(replica.answers("/readyz")).isTrue();
            assertThat(new HttpsClient(
                                    replica.webhookPort(),
                                    "holdfast-webhook." + Chart.NAMESPACE + ".svc",
                                    Webhooks.authority(server))
                            .post("/mutate", "application/json", "{}")
                            .body())
                    .contains("AdmissionReview");
        }
    }

    @Test
    void theOtherTakesOverFromOneThatWasKilled() {
        String before = identity(server.client());
        one.kill();

        await().atMost(TAKE_OVER)
                .untilAsserted(() -> assertThat(two.leads()).as(two.log()).isTrue());

        assertThatItActs();
        assertThat(identity(server.client())).isNotEqualTo(before).startsWith("holdfast-operator-2_");
    }

    /** The lease is given up, so that nobody waits for its end: it ends after a second, or the other has it already. */
    @Test
    void theOtherTakesOverFromOneThatIsTold() {
        one.terminate();
        await().atMost(TAKE_OVER).until(() -> !one.isAlive());

        LeaseSpec left = lease(server.client());
        if (!left.getHolderIdentity().startsWith("holdfast-operator-2_")) {
            assertThat(left.getLeaseDurationSeconds()).as(one.log()).isEqualTo(1);
        }
        await().atMost(TAKE_OVER).until(two::leads);
        assertThatItActs();
    }

    /** Its container's name is that of before: it must not believe that it leads still. */
    @Test
    void oneThatIsStartedAgainIsAnotherCandidate() throws Exception {
        String before = identity(server.client());
        two.close();
        one.kill();

        try (OperatorProcess again = OperatorProcess.start(server, directory, "holdfast-operator-1")) {
            await().atMost(TAKE_OVER)
                    .untilAsserted(
                            () -> assertThat(again.leads()).as(again.log()).isTrue());
            assertThat(identity(server.client())).isNotEqualTo(before).startsWith("holdfast-operator-1_");
            assertThatItActs();
        }
    }

    private void assertThatItActs() {
        TestNamespace namespace = TestNamespace.create(server.client());
        namespace.createLock("payments", "{nodeSet: absent}");
        await().atMost(SOON)
                .until(() -> namespace.lockCondition("payments", "Ready").getReason(), "NodeSetMissing"::equals);
    }

    private static String identity(KubernetesClient client) {
        return lease(client).getHolderIdentity();
    }

    private static LeaseSpec lease(KubernetesClient client) {
        return client.leases()
                .inNamespace(Chart.NAMESPACE)
                .withName("holdfast-operator")
                .get()
                .getSpec();
    }
}
