package dev.holdfast.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.operator.reconcile.Readiness.Ready;
import dev.holdfast.operator.reconcile.Readiness.Waiting;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeSetMovesTest {

    private static final Ready READY = new Ready(true, "all vote");
    private static final String OLD = "{\"nodeSet\":{\"uid\":\"old\",\"maxLeaseDuration\":\"2m\"}}";
    private static final String NEW = "{\"nodeSet\":{\"uid\":\"new\",\"maxLeaseDuration\":\"1m\"}}";
    private static final String SET_MADE = "2026-01-01T12:00:00Z";
    private static final String BEFORE = "2026-01-01T11:00:00Z";
    private static final String AFTER = "2026-01-01T12:00:01Z";

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final NodeSetMoves moves = new NodeSetMoves(nanos::get);

    @Test
    void aLockThatIsOnItsSetIsLeftAlone() {
        assertThat(check(Optional.of(NEW), runningPod(BEFORE))).isEqualTo(READY);
    }

    @Test
    void aNewLockNeedNotWait() {
        assertThat(check(Optional.empty())).isEqualTo(READY);
    }

    @Test
    void podsThatWaitForTheirConfigurationVoteOnNothing() {
        assertThat(check(Optional.empty(), waitingPod(BEFORE))).isEqualTo(READY);
    }

    @Test
    void aLockWaitsForItsPodsAndThenForEveryLeaseOfBefore() {
        assertThat(check(Optional.of(OLD), runningPod(BEFORE))).isInstanceOf(Waiting.class);
        assertThat(check(Optional.of(OLD))).isInstanceOf(Waiting.class);

        nanos.addAndGet(Duration.ofSeconds(127).toNanos());
        assertThat(check(Optional.of(OLD))).isInstanceOf(Waiting.class);

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(check(Optional.of(OLD))).isEqualTo(READY);
    }

    @Test
    void aPodThatComesBackStartsTheWaitAnew() {
        assertThat(check(Optional.of(OLD))).isInstanceOf(Waiting.class);
        nanos.addAndGet(Duration.ofSeconds(127).toNanos());
        assertThat(check(Optional.of(OLD), runningPod(AFTER))).isInstanceOf(Waiting.class);

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(check(Optional.of(OLD))).isInstanceOf(Waiting.class);
    }

    /** Lock and node set were both deleted and applied again, and the Deployment was not. */
    @Test
    void aSidecarThatRunsSinceBeforeTheSetWasToldOfAnother() {
        assertThat(check(Optional.empty(), runningPod(AFTER))).isEqualTo(READY);
        assertThat(check(Optional.empty(), runningPod(BEFORE))).isInstanceOf(Waiting.class);
    }

    @Test
    void withItsConfigurationGoneALockWaitsForTheLongestLeaseThatThereIs() {
        assertThat(check(Optional.empty(), runningPod(BEFORE))).isInstanceOf(Waiting.class);
        assertThat(check(Optional.empty())).isInstanceOf(Waiting.class);

        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(check(Optional.empty())).isInstanceOf(Waiting.class);
        nanos.addAndGet(Duration.ofSeconds(37).toNanos());

        assertThat(check(Optional.empty())).isEqualTo(READY);
    }

    /** The lock was deleted and applied again on another set, which had been there long before the pods. */
    @Test
    void aSidecarThatRunsForAnotherSetVotesThere() {
        Pod there = noted(runningPod(AFTER), "payments=archive,reports=default");
        Pod here = noted(runningPod(AFTER), "reports=archive,payments=default");

        assertThat(check(Optional.empty(), here, there))
                .isInstanceOfSatisfying(
                        Waiting.class,
                        waiting -> assertThat(waiting.message())
                                .startsWith("pods still vote on other nodes")
                                .contains("scale all 2 to zero"));
        assertThat(check(Optional.empty())).isInstanceOf(Waiting.class);
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(check(Optional.empty())).isInstanceOf(Waiting.class);
        nanos.addAndGet(Duration.ofSeconds(37).toNanos());
        assertThat(check(Optional.empty())).isEqualTo(READY);
    }

    @Test
    void whatOtherLocksAreOnDoesNotMatter() {
        assertThat(check(Optional.empty(), noted(runningPod(AFTER), "reports=archive, payments=default")))
                .isEqualTo(READY);
        assertThat(check(Optional.empty(), noted(waitingPod(AFTER), "payments=archive")))
                .isEqualTo(READY);
    }

    private static Pod noted(Pod pod, String sets) {
        return pod.edit()
                .editMetadata()
                .addToAnnotations("holdfast.dev/node-sets", sets)
                .endMetadata()
                .build();
    }

    private Readiness check(Optional<String> configuration, Pod... pods) {
        DistributedLock lock = new DistributedLock();
        lock.setMetadata(
                new ObjectMetaBuilder().withName("payments").withUid("lock").build());
        RedisNodeSet set = new RedisNodeSet();
        set.setMetadata(new ObjectMetaBuilder()
                .withName("default")
                .withUid("new")
                .withCreationTimestamp(SET_MADE)
                .build());
        set.setSpec(RedisNodeSetSpec.ofNodes(3));
        return moves.check(lock, configuration, Optional.of(set), READY, Contest.of("payments", List.of(pods)));
    }

    private static Pod runningPod(String created) {
        return pod(created)
                .editStatus()
                .addNewInitContainerStatus()
                .withName("holdfast")
                .withNewState()
                .withNewRunning()
                .endRunning()
                .endState()
                .endInitContainerStatus()
                .endStatus()
                .build();
    }

    private static Pod waitingPod(String created) {
        return pod(created)
                .editStatus()
                .addNewInitContainerStatus()
                .withName("holdfast")
                .withNewState()
                .withNewWaiting()
                .withReason("PodInitializing")
                .endWaiting()
                .endState()
                .endInitContainerStatus()
                .endStatus()
                .build();
    }

    private static PodBuilder pod(String created) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("app")
                .withCreationTimestamp(created)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .endStatus();
    }
}
