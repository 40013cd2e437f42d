package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A Deployment of which the holder alone is Ready: what completes, what stands still, and what those who wait for it say. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class GateRolloutsE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PROGRESS_DEADLINE = Duration.ofSeconds(15);

    /** A rollout that goes on takes less, even on a busy machine. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(12);

    private static final String MAX_UNAVAILABLE = "strategy.rollingUpdate.maxUnavailable";
    private static final String NAME = "vault";

    private final Cases cases = new Cases("gate");
    private final Installation installation;
    private final Kube kube;
    private final RolloutStatus rollout;
    private Workload workload;
    private int revision = 1;

    GateRolloutsE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-gates");
        kube = installation.kube();
        rollout = RolloutStatus.of(kube, cluster.kubeconfig());
    }

    @BeforeAll
    void install() {
        installation.install();
        workload = Workload.withGate(kube, NAME)
                .with("progressDeadlineSeconds", PROGRESS_DEADLINE.toSeconds())
                .with(MAX_UNAVAILABLE, "100%");
        workload.upgrade(installation.kubeconfig(), PATIENCE);
        workload.awaitRolled(3, 1);
    }

    @AfterAll
    void tell() {
        System.out.printf("%nreadinessGate Holder; lease %s%n%s", Workload.LEASE, cases);
        installation.close();
    }

    /** Its rule is: as many pods ready as replicas less maxUnavailable, so it waits for none. */
    @Test
    @Order(1)
    void withEverythingUnavailableAllowedHelmDoesNotWaitAndTheRolloutCompletes() {
        cases.during("maxUnavailable 100%, helm upgrade --wait", workload, this::roll);

        awaitOneReady();
    }

    @Test
    @Order(2)
    void rolloutStatusNeverSucceedsAlthoughAllIsRolled() {
        Kubectl.Result result = rollout.of(NAME, PROGRESS_DEADLINE.multipliedBy(2));

        assertThat(result).matches(it -> !it.succeeded());
        assertThat(result.said()).containsAnyOf("exceeded its progress deadline", "timed out waiting");
        assertThat(workload.ofRevision(revision)).hasSize(3);
        assertThat(workload.ready()).hasSize(1);
    }

    @Test
    @Order(3)
    void withOneLessThanAllTheRolloutCompletesByTheHandOverToTheNewestRevision() {
        workload = workload.with(MAX_UNAVAILABLE, 2);

        cases.during("maxUnavailable 2 of 3, helm upgrade --wait", workload, this::roll);

        awaitOneReady();
    }

    @Test
    @Order(4)
    void withDefaultSettingsItStandsStillWithTheLockHeldUntilTheyAreCorrected() {
        workload = workload.with(MAX_UNAVAILABLE, "25%").with("revision", revision + 1);

        cases.during("default settings, for " + STANDS_STILL.toSeconds() + " s", workload, () -> {
            assertThatThrownBy(() -> workload.upgrade(installation.kubeconfig(), STANDS_STILL))
                    .hasMessageContaining("deadline");
            assertThat(workload.pods()).hasSize(4);
            assertThat(workload.ofRevision(revision)).isNotEmpty();
            assertThat(workload.holders()).hasSize(1);
        });
        awaitRolloutSafe("False", "Deployment " + NAME + ": a rollout waits for 3 of 3 pods");

        workload = workload.with(MAX_UNAVAILABLE, "100%");
        cases.during("the same, corrected to maxUnavailable 100%", workload, this::roll);
        awaitOneReady();
        awaitRolloutSafe("True", "");
    }

    @Test
    @Order(5)
    void scaledToOneTheHolderStaysAndToZeroNobodyHolds() {
        List<String> holder = workload.holders();

        cases.during("scale from three to one", workload, () -> {
            scale(1);
            workload.awaitRolled(1, revision);
        });
        assertThat(workload.ready()).isEqualTo(holder);

        cases.during("scale to zero, and to three when nobody is left", workload, () -> {
            scale(0);
            await("nobody")
                    .atMost(PATIENCE)
                    .until(() -> kube.pods("app", NAME).isEmpty()
                            && workload.lock().at("/status/holder").isMissingNode());
            scale(3);
            workload.awaitRolled(3, revision);
        });
        awaitOneReady();
    }

    /** A budget counts followers as unhealthy: the holder is all it has. */
    @Test
    @Order(6)
    void aBudgetKeepsTheHolderFromADrainUntilItHasResigned() {
        cases.during("drain: budgets refuse the holder until it resigned", workload, () -> {
            String holder = workload.holders().getFirst();
            List<String> followers = new ArrayList<>(workload.ofRevision(revision));
            followers.remove(holder);
            try (Drain drain = Drain.of(kube)) {
                drain.budget(NAME, "maxUnavailable: 1");
                assertThat(drain.evict(holder)).isFalse();
                assertThat(followers).noneMatch(drain::evict);

                drain.budget(NAME, "minAvailable: 1");
                assertThat(drain.evict(holder)).isFalse();
                followers.forEach(drain::evictInTheEnd);
                workload.awaitRolled(3, revision);
                assertThat(drain.evict(holder)).isFalse();

                workload.resign(holder, "{\"standDown\":\"30s\"}");
                drain.evictInTheEnd(holder);
                workload.awaitRolled(3, revision);
            }
        });
        awaitOneReady();
    }

    @Test
    @Order(7)
    void kubectlWarnsWhereSettingsThatStallAreApplied(@TempDir Path folder) throws IOException {
        assumeThat(rollout.kubectl()).isPresent();
        Kubectl kubectl = rollout.kubectl().orElseThrow();
        Path manifest = folder.resolve("app.yaml");

        Files.writeString(manifest, workload.with(MAX_UNAVAILABLE, "25%").manifest());
        Kubectl.Result stalls = kubectl.run("apply", "--dry-run=server", "-f", manifest.toString());
        Files.writeString(manifest, workload.with(MAX_UNAVAILABLE, 2).manifest());
        Kubectl.Result completes = kubectl.run("apply", "--dry-run=server", "-f", manifest.toString());

        assertThat(stalls).matches(Kubectl.Result::succeeded);
        assertThat(stalls.said()).contains("Warning: ", "lock " + NAME, "maxUnavailable to 2 or 100%");
        assertThat(completes).matches(Kubectl.Result::succeeded);
        assertThat(completes.said()).doesNotContain("lock " + NAME);
    }

    private void awaitRolloutSafe(String status, String words) {
        await("RolloutSafe " + status).atMost(PATIENCE).untilAsserted(() -> {
            var condition = workload.lockCondition("RolloutSafe");
            assertThat(condition.path("status").asText()).isEqualTo(status);
            assertThat(condition.path("message").asText()).contains(words);
        });
    }

    private void roll() {
        revision++;
        workload = workload.with("revision", revision);
        workload.upgrade(installation.kubeconfig(), PATIENCE);
        workload.awaitRolled(3, revision);
    }

    private void awaitOneReady() {
        await("one ready pod, the holder")
                .atMost(PATIENCE)
                .until(() -> workload.ready().size() == 1
                        && workload.ready().equals(workload.holders())
                        && workload.ready().equals(workload.labelled()));
    }

    private void scale(int replicas) {
        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName(NAME)
                .scale(replicas);
    }
}
