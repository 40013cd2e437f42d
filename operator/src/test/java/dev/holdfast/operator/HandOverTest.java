package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A holder of an old template is asked to hand over to a pod of the newest, where a rollout waits for that. */
@ExtendWith(RealApiServer.class)
class HandOverTest {

    private static final String GATED = "{exposure: {readinessGate: Holder}}";
    private static final String REVISION_HASH = "controller-revision-hash";

    private TestNamespace namespace;
    private TestPods pods;
    private TestWorkloads workloads;
    private Loops loops;

    @BeforeEach
    void start(ApiServer server) {
        namespace = TestNamespace.create(server.client());
        pods = namespace.pods();
        workloads = new TestWorkloads(server.client(), namespace.name());
        loops = Loops.start(server, namespace);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    /** Two revisions of one Deployment; the old one holds. */
    private void rollOut(String lockSpec) {
        namespace.createLock("payments", lockSpec);
        Deployment deployment = workloads.deployment("web", "payments", "replicas: 2", 2);
        ReplicaSet old = workloads.replicaSet(deployment, 1);
        ReplicaSet young = workloads.replicaSet(deployment, 2);
        pods.create("web-old", "10.1.1.1", "payments", old, Map.of());
        pods.create("web-other", "10.1.1.2", "payments", old, Map.of());
        pods.create("web-new", "10.1.1.3", "payments", young, Map.of());
        pods.setReady("web-old", true);
        pods.hold("web-old", "payments", 100);
        pods.setReady("web-other", true);
        pods.campaign("web-other", "payments");
        pods.campaign("web-new", "payments");
        namespace.awaitHolder("payments", "web-old:100");
    }

    /** The operator has seen what was done before, and did nothing about it. */
    private void assertNobodyIsAsked() {
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> pods.asked("web-old", "payments").isEmpty()
                        && pods.asked("web-other", "payments").isEmpty());
    }

    @Test
    void onlyOnceTheNewPodsContainersAreReady() {
        rollOut(GATED);
        assertNobodyIsAsked();

        pods.setReady("web-new", true);

        await().atMost(SOON).until(() -> pods.asked("web-old", "payments").equals("100 web-new"));
        assertThat(namespace.list(Event.class))
                .filteredOn(event -> event.getReason().equals("HandOverAsked"))
                .extracting(Event::getMessage)
                .containsExactly("web-old is of an older template and is asked to hand over to web-new");

        pods.hold("web-new", "payments", 200);

        namespace.awaitHolder("payments", "web-new:200");
        assertThat(pods.asked("web-new", "payments")).isEmpty();
    }

    @Test
    void aPodThatDoesNotCampaignIsNotNamed() {
        rollOut(GATED);
        pods.setReady("web-new", true);
        await().atMost(SOON).until(() -> !pods.asked("web-old", "payments").isEmpty());
        // Another of the old template won; the one that was named is not named once more.
        pods.hold("web-other", "payments", 200);
        namespace.awaitHolder("payments", "web-other:200");
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> pods.asked("web-other", "payments").isEmpty());
    }

    @Test
    void behindAServiceAsWell() {
        rollOut("{exposure: {service: {ports: [{port: 80}]}}}");
        assertNobodyIsAsked();
        pods.setReady("web-new", true);
        await().atMost(SOON).until(() -> pods.asked("web-old", "payments").equals("100 web-new"));
    }

    @Test
    void aLockThatIsNotExposedIsLeftToItsPods() {
        rollOut("{}");
        pods.setReady("web-new", true);
        assertNobodyIsAsked();
    }

    @Test
    void aReplicaSetTakesTheHolderLast() {
        rollOut("{}");
        await().atMost(SOON).until(() -> pods.deletionCost("web-old").equals("1000"));
        pods.hold("web-new", "payments", 200);
        await().atMost(SOON).until(() -> pods.deletionCost("web-new").equals("1000"));
        await().atMost(SOON).until(() -> pods.deletionCost("web-old").isEmpty());

        // Who says so himself is not overruled.
        namespace.createLock("reports", "{}");
        pods.create("alone", "10.1.1.9", "reports");
        pods.setDeletionCost("alone", "7");
        pods.hold("alone", "reports", 300);
        await().atMost(SOON).until(() -> pods.labelled("reports").equals(List.of("alone")));
        assertThat(pods.deletionCost("alone")).isEqualTo("7");
        pods.killSidecar("alone");
        await().atMost(SOON).until(() -> pods.labelled("reports").isEmpty());
        assertThat(pods.deletionCost("alone")).isEqualTo("7");
    }

    @Test
    void theReplicaSetOfAnotherDeploymentIsNoRollout() {
        namespace.createLock("payments", GATED);
        Deployment first = workloads.deployment("one", "payments", "replicas: 1", 1);
        Deployment second = workloads.deployment("two", "payments", "replicas: 1", 7);
        pods.create("web-old", "10.1.1.1", "payments", workloads.replicaSet(first, 1), Map.of());
        pods.create("web-other", "10.1.1.2", "payments", workloads.replicaSet(second, 7), Map.of());
        pods.setReady("web-other", true);
        pods.campaign("web-other", "payments");
        pods.hold("web-old", "payments", 100);
        namespace.awaitHolder("payments", "web-old:100");
        assertNobodyIsAsked();
    }

    @Test
    void aStatefulSetsNewestPodIsToldByItsRevision() {
        namespace.createLock("payments", GATED);
        StatefulSet set = workloads.statefulSet("db", "payments", "replicas: 2\npodManagementPolicy: Parallel", "db-2");
        pods.create("db-0", "10.1.1.1", "payments", set, Map.of(REVISION_HASH, "db-1"));
        pods.create("db-1", "10.1.1.2", "payments", set, Map.of(REVISION_HASH, "db-2"));
        pods.setReady("db-1", true);
        pods.campaign("db-1", "payments");

        pods.hold("db-0", "payments", 100);

        await().atMost(SOON).until(() -> pods.asked("db-0", "payments").equals("100 db-1"));
    }
}
