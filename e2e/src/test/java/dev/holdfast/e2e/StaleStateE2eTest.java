package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What Kubernetes is told of the holder when the one who would tell it cannot, and how long it hides the next one. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class StaleStateE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration OUTAGE = Duration.ofSeconds(10);

    /** What docs/explanation/stale-state.md says at most, while the API server and the operator are there. */
    private static final Duration HIDDEN_AT_MOST = Duration.ofSeconds(5);

    private static final String NAME = "beacon";
    private static final List<String> FROZEN = List.of("writer", "app", "holdfast");

    private final Measurements measured = new Measurements();
    private final Cases cases = new Cases("stale");
    private final Installation installation;
    private final Kube kube;
    private final NodeShell shell;
    private Workload workload;

    StaleStateE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-stale");
        kube = installation.kube();
        shell = NodeShell.start(kube, Images.app());
    }

    @BeforeAll
    void install() {
        installation.install();
        workload = Workload.withService(kube, NAME).apply();
        workload.awaitRolled(3, 1);
    }

    @AfterAll
    void tell() {
        System.out.printf(
                "%nstale state; lease %s%n%s%n%s%nstale writes refused: %s%n",
                Workload.LEASE, cases, measured, workload.writes().refused());
        installation.close();
    }

    @Test
    void theSidecarIsKilledAndItsApplicationLivesOn() {
        Duration hidden = hidden("the holder's sidecar is killed", holder -> shell.signal("KILL", holder, "holdfast"));

        assertThat(hidden).isLessThan(HIDDEN_AT_MOST);
        awaitOneShown();
    }

    @Test
    void thePodsNetworkIsCut() {
        Pod cut = holder();

        Duration hidden = hidden("the holder's network is cut", holder -> {
            shell.cable(holder, "app", false);
            awaitOtherThan(holder);
        });
        try {
            assertThat(hidden).isLessThan(HIDDEN_AT_MOST);
            awaitOneShown();
        } finally {
            shell.cable(cut, "app", true);
        }
        assertStaysShown();
    }

    /** As a machine that stops looks to all others, before anything declares it lost. */
    @Test
    void thePodIsFrozenForLongerThanItsLease() {
        Pod frozen = holder();

        Duration hidden = hidden("the holder's pod is frozen", holder -> {
            FROZEN.forEach(container -> shell.signal("STOP", holder, container));
            awaitOtherThan(holder);
        });
        try {
            assertThat(hidden).isLessThan(HIDDEN_AT_MOST);
            awaitOneShown();
        } finally {
            FROZEN.forEach(container -> shell.signal("CONT", frozen, container));
        }
        assertStaysShown();
    }

    @Test
    void theApiServerIsAwayDuringAHandOver() {
        Duration hidden =
                hidden("resignation while the API server is away for " + OUTAGE.toSeconds() + " s", holder -> {
                    String application = shell.processes(holder, "app").split(" ", -1)[0];
                    shell.run(
                            "pids=$(grep -lxE 'kube-apiserver|k3s-server' /proc/[0-9]*/comm | cut -d/ -f3) && test -n \"$pids\""
                                    + " && (kill -STOP $pids; nsenter -t " + application
                                    + " -n curl -sf -X POST -d '{\"standDown\":\"5s\"}'"
                                    + " http://127.0.0.1:4040/v1/locks/" + NAME + "/resign; sleep " + OUTAGE.toSeconds()
                                    + "; kill -CONT $pids) >/dev/null 2>&1 &");
                });

        assertThat(hidden)
                .isGreaterThan(OUTAGE.minusSeconds(2))
                .isLessThan(OUTAGE.plus(HIDDEN_AT_MOST).plus(HIDDEN_AT_MOST));
        awaitOneShown();
    }

    /** From the first answer of the next holder, asked by its address, to the first one through the Service. */
    private Duration hidden(String what, Consumer<Pod> action) {
        awaitOneShown();
        Pod before = holder();
        long token = workload.lock().at("/status/holder/fencingToken").asLong();
        List<Pod> pods = workload.pods();
        int refused = workload.writes().refused().size();
        try (ServiceCaller caller = ServiceCaller.of(kube, NAME, pods)) {
            long began = System.nanoTime();
            action.accept(before);
            await("the Service reaches the next holder")
                    .atMost(PATIENCE)
                    .ignoreExceptions() // of an API server that is away
                    .until(() -> caller.log().firstAnswerAfter(token) != null);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            CallLog log = caller.log();
            cases.add(what, took, log, workload, refused);
            long direct = pods.stream()
                    .map(pod -> caller.log(pod).firstAnswerAfter(token))
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .min()
                    .orElseThrow();
            Duration hidden =
                    Duration.ofMillis(Math.max(0, Objects.requireNonNull(log.firstAnswerAfter(token)) - direct));
            measured.add(what + ", next holder hidden", hidden);
            return hidden;
        }
    }

    private Pod holder() {
        return workload.pods().stream()
                .filter(pod -> workload.holders().contains(pod.getMetadata().getName()))
                .findFirst()
                .orElseThrow();
    }

    private void awaitOtherThan(Pod pod) {
        await("another holder")
                .atMost(PATIENCE)
                .until(() -> workload.labelled().stream()
                        .anyMatch(name -> !name.equals(pod.getMetadata().getName())));
    }

    /** Its condition, its label and the Service's endpoint agree, on one pod that is the lock's holder. */
    private void awaitOneShown() {
        await("one holder, shown everywhere").atMost(PATIENCE).untilAsserted(() -> {
            List<String> shown =
                    List.of(workload.lock().at("/status/holder/pod").asText());
            assertThat(workload.holders()).isEqualTo(shown);
            assertThat(workload.labelled()).isEqualTo(shown);
            assertThat(workload.endpoints()).isEqualTo(shown);
            assertThat(workload.stateIn(shown.getFirst()).path("held").asBoolean())
                    .isTrue();
        });
    }

    /** Nor does one who comes back from the dead change that. */
    private void assertStaysShown() {
        await("all three follow or hold")
                .atMost(PATIENCE)
                .until(() -> workload.ready().size() == 3);
        awaitOneShown();
        List<String> holding = workload.ofRevision(1).stream()
                .filter(pod -> workload.stateIn(pod).path("held").asBoolean())
                .toList();
        assertThat(holding).hasSize(1);
    }
}
