package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** StatefulSets: with Holdfast's Service as any other; with the gate most settings stand still, and one completes. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class StatefulSetRolloutsE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** A controller that goes on takes less, even on a busy machine. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(12);

    private final Cases cases = new Cases("statefulset");
    private final Installation installation;
    private final Kube kube;
    private Workload served;
    private Workload ordered;
    private Workload rolling;
    private Workload manual;

    StatefulSetRolloutsE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-stateful");
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
        served = Workload.withService(kube, "served").with("kind", "StatefulSet");
        ordered = Workload.withGate(kube, "ordered").with("kind", "StatefulSet");
        rolling = parallel("rolling");
        manual = parallel("manual").with("strategy.type", "OnDelete");
        List.of(served, ordered, rolling, manual).forEach(Workload::apply);
        List.of(served, rolling, manual).forEach(workload -> workload.awaitRolled(3, 1));
    }

    @AfterAll
    void tell() {
        System.out.printf("%nStatefulSets of three; lease %s%n%s", Workload.LEASE, cases);
        installation.close();
    }

    @Test
    @Order(1)
    void withTheServiceARolloutWithDefaultSettingsCompletes() {
        cases.during("Service, default settings", served, () -> {
            served.with("revision", 2).apply();
            served.awaitRolled(3, 2);
            await("all ready").atMost(PATIENCE).until(() -> served.ready().size() == 3);
        });
    }

    /** The controller goes from the last pod to the first and waits at each for it to be Ready, and only one can be. */
    @Test
    @Order(2)
    void withTheGateAndParallelARollingUpdateStandsStillWithTheLockHeld() {
        cases.during("gate, Parallel, RollingUpdate: stands still", rolling, () -> {
            rolling.with("revision", 2).apply();
            await("the last pod replaced")
                    .atMost(PATIENCE)
                    .until(() -> rolling.ofRevision(2).contains("rolling-2")
                            && rolling.podsThat("ContainersReady").size() == 3);
            sleep(STANDS_STILL);
            assertThat(rolling.ofRevision(1)).contains("rolling-0");
            assertThat(rolling.holders()).hasSize(1);
        });
        assertUnsafe(rolling, "StatefulSet rolling", "OnDelete");
    }

    @Test
    @Order(3)
    void withTheGateAndOnDeleteWhoeverDeletesThePodsCompletesIt() {
        cases.during("gate, Parallel, OnDelete: followers first, the holder last", manual, () -> {
            manual.with("revision", 2).apply();
            String holder = manual.holders().getFirst();
            manual.ofRevision(1).stream().filter(pod -> !pod.equals(holder)).forEach(this::replace);
            // It may have handed over to one of them already.
            replace(holder);
            manual.awaitRolled(3, 2);
            await("one ready").atMost(PATIENCE).until(() -> manual.ready().size() == 1);
        });
        assertThat(manual.lockCondition("RolloutSafe").path("status").asText()).isEqualTo("True");
    }

    /** Last, so that it has had the time of all the others. */
    @Test
    @Order(4)
    void withTheGateAndOrderedReadyTheThirdPodIsNeverMade() {
        assertThat(ordered.podsThat("ContainersReady")).containsExactlyInAnyOrder("ordered-0", "ordered-1");
        assertThat(ordered.pods()).hasSize(2);
        assertThat(ordered.ready()).containsExactly("ordered-0");
        assertThat(ordered.holders()).containsExactly("ordered-0");
        assertUnsafe(ordered, "StatefulSet ordered", "podManagementPolicy Parallel");
    }

    private static void assertUnsafe(Workload workload, String... words) {
        var condition = workload.lockCondition("RolloutSafe");
        assertThat(condition.path("status").asText()).isEqualTo("False");
        assertThat(condition.path("message").asText()).contains(List.of(words));
    }

    private Workload parallel(String name) {
        return Workload.withGate(kube, name).with("kind", "StatefulSet").with("podManagementPolicy", "Parallel");
    }

    private void replace(String pod) {
        kube.deleteWithGrace(pod);
        await("another " + pod)
                .atMost(PATIENCE)
                .until(() -> manual.ofRevision(2).contains(pod)
                        && manual.podsThat("ContainersReady").contains(pod));
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
