package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A Deployment whose holder is shown by Holdfast's Service: every pod is Ready, so nothing need be set for rollouts. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class RolloutsE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String NAME = "till";

    private final Cases cases = new Cases("service");
    private final Installation installation;
    private final Kube kube;
    private final RolloutStatus rollout;
    private Workload workload;

    RolloutsE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-rollouts");
        kube = installation.kube();
        rollout = RolloutStatus.of(kube, cluster.kubeconfig());
    }

    @BeforeAll
    void install() {
        installation.install();
        workload = Workload.withService(kube, NAME);
        workload.upgrade(installation.kubeconfig(), PATIENCE);
        workload.awaitRolled(3, 1);
    }

    @AfterEach
    void schedulable() {
        kube.setSchedulable(true);
    }

    @AfterAll
    void tell() {
        System.out.printf("%nService of the holder; lease %s%n%s", Workload.LEASE, cases);
        installation.close();
    }

    @Test
    @Order(1)
    void helmWaitsForTheUpgradeAndSucceeds() {
        workload = workload.with("revision", 2);

        cases.during("helm upgrade --wait", workload, () -> {
            workload.upgrade(installation.kubeconfig(), PATIENCE);
            assertThat(workload.ofRevision(2)).hasSize(3);
            assertThat(workload.ready()).hasSizeGreaterThanOrEqualTo(3);
            workload.awaitRolled(3, 2);
        });
    }

    @Test
    @Order(2)
    void aRolloutWithDefaultSettingsEnds() {
        cases.during("new revision, " + rollout.by(), workload, () -> {
            patch("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"revision\":\"3\"}}}}}");
            assertThat(rollout.of(NAME, PATIENCE)).matches(Kubectl.Result::succeeded);
            workload.awaitRolled(3, 3);
        });
    }

    @Test
    @Order(3)
    void scaledToOneTheOneHolds() {
        cases.during("scale from three to one", workload, () -> {
            scale(1);
            workload.awaitRolled(1, 3);
        });

        assertThat(workload.holders()).isEqualTo(workload.ready());
        awaitShown(workload.holders());
    }

    @Test
    @Order(4)
    void scaledToZeroNobodyHoldsUntilThereArePodsAgain() {
        cases.during("scale to zero, and to three when nobody is left", workload, () -> {
            scale(0);
            await("no pod").atMost(PATIENCE).until(() -> kube.pods("app", NAME).isEmpty());
            awaitShown(List.of());
            assertThat(workload.lock().at("/status/holder").isMissingNode()).isTrue();
            scale(3);
            workload.awaitRolled(3, 3);
        });
    }

    /** On one machine: what kubectl drain would wait for for ever, for want of a second one, is seen and then let go on. */
    @Test
    @Order(5)
    void aDrainTakesPodAfterPodAsTheBudgetAllows() {
        List<String> drained = new ArrayList<>(workload.holders());
        workload.ready().stream().filter(pod -> !drained.contains(pod)).forEach(drained::add);
        assertThat(drained).hasSize(3);

        cases.during("drain: all three evicted, the holder first, budget maxUnavailable 1", workload, () -> {
            try (Drain drain = Drain.of(kube)) {
                drain.budget(NAME, "maxUnavailable: 1");
                kube.setSchedulable(false);
                drain.evictInTheEnd(drained.getFirst());
                await("another holds")
                        .atMost(PATIENCE)
                        .until(() -> workload.holders().size() == 1);
                assertThat(drain.evict(drained.getLast())).isFalse();
                kube.setSchedulable(true);
                drained.stream().skip(1).forEach(drain::evictInTheEnd);
                await("three others")
                        .atMost(PATIENCE)
                        .until(() -> workload.ready().size() == 3
                                && workload.holders().size() == 1);
            }
        });

        assertThat(workload.ready()).doesNotContainAnyElementsOf(drained);
    }

    private void awaitShown(List<String> pods) {
        await("the Service's endpoints " + pods)
                .atMost(PATIENCE)
                .until(() -> workload.endpoints().equals(pods));
        assertThat(workload.labelled()).isEqualTo(pods);
    }

    private void scale(int replicas) {
        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName(NAME)
                .scale(replicas);
    }

    private void patch(String change) {
        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName(NAME)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change);
    }
}
