package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The strict form: of all pods of a lock, the holder alone is Ready. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class ReadinessGateE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String CONDITION = "holdfast.dev/ledger";

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;

    ReadinessGateE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-gate");
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
        Example.named("readiness-gate").applyTo(kube);
        await("one ready pod of three")
                .atMost(PATIENCE)
                .until(() -> pods().size() == 3 && pods().stream().allMatch(this::runs) && ready().size() == 1);
    }

    @AfterAll
    void tell() {
        System.out.println(measured);
        installation.close();
    }

    @Test
    void readinessMovesWithTheLock() {
        await("one pod is ready, and the Service reaches it") // A rollout may have ended with a hand-over.
                .atMost(Duration.ofSeconds(20))
                .until(() -> ready().size() == 1 && endpoints().equals(ready()));
        String before = ready().getFirst();
        assertThat(holders()).containsExactly(before);
        assertThat(endpoints()).isEqualTo(List.of(before));

        for (int i = 0; i < 3; i++) {
            String old = ready().getFirst();
            long began = System.nanoTime();
            kube.exec(
                    old,
                    "app",
                    "curl",
                    "-sf",
                    "-X",
                    "POST",
                    "-d",
                    "{\"standDown\":\"5s\"}",
                    "http://127.0.0.1:4040/v1/locks/ledger/resign");
            await("another pod is the ready one")
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ready().size() == 1 && !ready().contains(old));
            measured.add("resignation, another pod is the only ready one", Duration.ofNanos(System.nanoTime() - began));
            await("the Service reaches it alone")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> endpoints().equals(ready()));
        }
    }

    @Test
    void aRolloutWithTheAdvisedSettingsCompletes() {
        long began = System.nanoTime();
        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName("ledger")
                // No version of it: its controller writes into it all the time.
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"revision\":\"2\"}}}}}");
        await("three new pods, one of them ready")
                .atMost(PATIENCE)
                .until(() -> pods().size() == 3
                        && pods().stream()
                                .allMatch(pod ->
                                        pod.getMetadata().getAnnotations().containsKey("revision"))
                        && pods().stream().allMatch(this::runs)
                        && ready().size() == 1);
        measured.add("rollout of three pods, one ready", Duration.ofNanos(System.nanoTime() - began));
    }

    private List<Pod> pods() {
        return kube.pods("app", "ledger").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private boolean runs(Pod pod) {
        return Payments.condition(pod, "ContainersReady").equals("True");
    }

    private List<String> ready() {
        return with("Ready");
    }

    private List<String> holders() {
        return with(CONDITION);
    }

    private List<String> with(String condition) {
        return pods().stream()
                .filter(pod -> Payments.condition(pod, condition).equals("True"))
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private List<String> endpoints() {
        return kube
                .client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(kube.namespace())
                .withLabel("kubernetes.io/service-name", "ledger")
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                .map(endpoint -> endpoint.getTargetRef().getName())
                .toList();
    }
}
