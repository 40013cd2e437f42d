package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
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

/** From the chart to one holder among real pods, then through everything that goes wrong; in this order. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class LeaderElectionE2eTest {

    /** Beyond the lease: the next in line has to notice, an observer to see it, and the machine may be busy. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    /** Whoever holds is heard within this time, even on a busy machine. */
    private static final Duration HEARD = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String OPTED_IN = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: not-injected
              labels:
                holdfast.dev/inject: "true"
              annotations:
                holdfast.dev/locks: payments
            spec:
              containers:
                - name: app
                  image: never-pulled
            """;

    private static final String NAMESPACE = "holdfast-e2e";
    private static final String SERVICE = "http://" + Payments.NAME + "." + NAMESPACE + ".svc/";

    private final Measurements measured = new Measurements();
    private final HelmRelease release;
    private final Kube operator;
    private final Kube kube;
    private final HolderRecorder recorder;
    private final Payments payments;
    private final NodeShell shell;

    LeaderElectionE2eTest(Cluster cluster) {
        Installation installation = Installation.prepare(cluster, NAMESPACE);
        release = installation.release();
        operator = Kube.of(cluster.kubeconfig(), release.namespace());
        kube = installation.kube();
        shell = NodeShell.start(kube, Images.app());
        recorder = new HolderRecorder(kube, Payments.NAME);
        payments = new Payments(kube, recorder);
    }

    @BeforeAll
    void install() {
        long began = System.nanoTime();
        release.install(Map.of());
        measured.add("helm install, until the operator is ready", Duration.ofNanos(System.nanoTime() - began));

        began = System.nanoTime();
        Example.named("leader-election").applyTo(kube);
        measured.add(
                "apply the example, first holder",
                payments.awaitHolderAfter(0, PATIENCE).since(began));
        payments.awaitReady();
    }

    @AfterEach
    void tokensRoseAndNeverTwoHeld() {
        kube.setSchedulable(true);
        assertThat(recorder.violations()).isEmpty();
        assertThat(recorder.holders()).extracting(Observation::token).isSorted().doesNotHaveDuplicates();
    }

    @AfterAll
    void tell() {
        recorder.close();
        kube.setSchedulable(true);
        System.out.printf(
                "%nlease %s, one machine; holders seen: %d, answers: %,d%n%s%n",
                Payments.LEASE, recorder.holders().size(), recorder.answers(), measured);
        kube.deleteNamespace();
        kube.close();
        operator.close();
    }

    @Test
    @Order(1)
    void statusNamesTheHolder() {
        Observation holder = payments.holder();

        await("status").atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            JsonNode status = payments.lock().at("/status");
            assertThat(status.at("/holder/pod").asText()).isEqualTo(holder.pod());
            assertThat(status.at("/holder/fencingToken").asLong()).isEqualTo(holder.token());
            assertThat(status.at("/candidates").asInt()).isEqualTo(3);
            assertThat(payments.holderPod().getMetadata().getLabels())
                    .containsEntry("holder.holdfast.dev/payments", "true");
        });
        assertThat(payments.pods())
                .filteredOn(pod -> "True".equals(Payments.condition(pod, Payments.CONDITION)))
                .singleElement()
                .satisfies(pod -> assertThat(Payments.conditionMessage(pod))
                        .isEqualTo("holds payments with fencing token " + holder.token()));
    }

    @Test
    @Order(2)
    void serviceAnswersFromTheHolderOnly() {
        assertServiceReaches(payments.holder().pod());
    }

    @Test
    @Order(3)
    void curlInAPodSeesWhatItsSidecarSays() {
        Observation holder = payments.holder();

        assertThat(payments.pods()).hasSize(3).allSatisfy(pod -> {
            String name = pod.getMetadata().getName();
            boolean holds = name.equals(holder.pod());
            JsonNode state = payments.stateIn(name);
            assertThat(state.at("/held").asBoolean()).isEqualTo(holds);
            assertThat(state.at("/state").asText()).isEqualTo(holds ? "Leading" : "Following");
            assertThat(state.at("/fencingToken").asLong()).isEqualTo(holds ? holder.token() : 0);
            assertThat(state.at("/holder/pod").asText()).isEqualTo(holder.pod());
            assertThat(payments.heldStatusIn(name)).isEqualTo(holds ? "200" : "423");
        });
    }

    @Test
    @Order(4)
    void aKilledSidecarLosesTheLockWithinItsLease() {
        Observation before = payments.holder();

        long began = System.nanoTime();
        shell.signal("KILL", payments.holderPod(), "holdfast");

        Duration took = payments.awaitHolderAfter(before.token(), PATIENCE).since(began);
        measured.add("kill -9 of the holder's sidecar, next holder", took);
        assertThat(took).isLessThan(Payments.LEASE.plus(SLACK));
        payments.awaitReady();
    }

    @Test
    @Order(5)
    void aKilledPodLosesTheLockWithinItsLease() {
        Observation before = payments.holder();
        Pod pod = payments.holderPod();

        long began = System.nanoTime();
        shell.signal("KILL", pod, "holdfast");
        kube.deleteAtOnce(before.pod());

        Observation next = payments.awaitHolderAfter(before.token(), PATIENCE);
        measured.add("kill -9 and deletion of the holder's pod, next holder", next.since(began));
        assertThat(next.pod()).isNotEqualTo(before.pod());
        assertThat(next.since(began)).isLessThan(Payments.LEASE.plus(SLACK));
        payments.awaitReady();
    }

    @Test
    @Order(6)
    void aPodDeletedWithGraceHandsOver() {
        Observation before = payments.holder();

        long began = System.nanoTime();
        kube.deleteWithGrace(before.pod());

        Observation next = payments.awaitHolderAfter(before.token(), PATIENCE);
        measured.add("deletion of the holder's pod with grace, next holder", next.since(began));
        assertThat(next.pod()).isNotEqualTo(before.pod());
        assertThat(next.since(began)).isLessThan(Payments.LEASE);
        awaitService(next.pod());
        measured.add("the same, Service answers from it", Duration.ofNanos(System.nanoTime() - began));
        assertServiceReaches(next.pod());
        payments.awaitReady();
    }

    @Test
    @Order(7)
    void losingOneRedisNodeChangesNothing() throws InterruptedException {
        payments.awaitFullStrength();
        Observation before = payments.holder();
        kube.setSchedulable(false); // so that the pod stays away

        kube.deleteAtOnce("holdfast-default-0-0");

        Thread.sleep(Payments.LEASE.multipliedBy(2));
        assertThat(payments.holder()).isEqualTo(before);
        assertThat(recorder.silence()).isLessThan(HEARD);
        long began = System.nanoTime();
        kube.setSchedulable(true);
        payments.awaitFullStrength();
        measured.add("one Redis node back, all vote", Duration.ofNanos(System.nanoTime() - began));
        assertThat(payments.holder()).isEqualTo(before);
    }

    @Test
    @Order(8)
    void withoutAMajorityNobodyHoldsUntilItIsBack() throws InterruptedException {
        Observation before = payments.holder();
        kube.setSchedulable(false);

        long began = System.nanoTime();
        kube.deleteAtOnce("holdfast-default-0-0");
        kube.deleteAtOnce("holdfast-default-1-0");

        await("nobody holds").atMost(PATIENCE).until(() -> recorder.allDeny(payments.names()));
        Duration lasted = Duration.ofNanos(recorder.lastHeld() - began);
        measured.add("two of three Redis nodes lost, nobody holds", lasted);
        assertThat(lasted).isLessThan(Payments.LEASE.plus(SLACK));
        Thread.sleep(Payments.LEASE);
        assertThat(recorder.silence()).isGreaterThan(Payments.LEASE);
        assertThat(payments.pods()).allSatisfy(pod -> {
            assertThat(Payments.condition(pod, Payments.CONDITION)).isEqualTo("False");
            assertThat(payments.heldStatusIn(pod.getMetadata().getName())).isEqualTo("503");
        });

        began = System.nanoTime();
        kube.setSchedulable(true);
        measured.add(
                "both back, next holder",
                payments.awaitHolderAfter(before.token(), PATIENCE).since(began));
        payments.awaitFullStrength();
    }

    @Test
    @Order(9)
    void aChangedNodeSetReplacesNodeAfterNodeAndNobodyLosesTheLock() {
        payments.awaitFullStrength();
        Observation before = payments.holder();
        Set<String> old = redisPods();
        AtomicInteger fewestVotes = new AtomicInteger(Integer.MAX_VALUE);
        long began = System.nanoTime();

        kube.apply(Images.into("""
                apiVersion: holdfast.dev/v1alpha1
                kind: RedisNodeSet
                metadata:
                  name: default
                spec:
                  nodes: 3
                  maxLeaseDuration: 5s
                  resources: {limits: {memory: 160Mi}}
                """));

        await("three new Redis pods")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    Set<String> now = redisPods();
                    fewestVotes.accumulateAndGet(
                            payments.nodeSet().at("/status/voting").asInt(), Math::min);
                    return now.size() == 3 && now.stream().noneMatch(old::contains) && isUpToDate();
                });
        payments.awaitFullStrength();
        measured.add("three Redis nodes replaced one by one", Duration.ofNanos(System.nanoTime() - began));
        assertThat(fewestVotes).hasValue(2);
        assertThat(payments.holder()).isEqualTo(before);
    }

    private Set<String> redisPods() {
        return kube.pods("holdfast.dev/node-set", "default").stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private boolean isUpToDate() {
        for (JsonNode condition : payments.nodeSet().at("/status/conditions")) {
            if (condition.path("type").asText().equals("UpToDate")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    @Test
    @Order(10)
    void locksGoOnWithoutTheOperator() throws InterruptedException {
        new Operator(operator).scale(0);
        Observation before = payments.holder();
        Thread.sleep(Payments.LEASE.multipliedBy(2));
        assertThat(payments.holder()).isEqualTo(before);
        assertThatThrownBy(() -> kube.apply(OPTED_IN)).hasMessageContaining("was given none");

        long began = System.nanoTime();
        payments.resign(before.pod(), "{\"standDown\":\"10s\"}");

        Observation next = payments.awaitHolderAfter(before.token(), PATIENCE);
        measured.add("resignation while the operator is away, next holder", next.since(began));
        assertThat(next.pod()).isNotEqualTo(before.pod());
        new Operator(operator).scale(2);
        assertServiceReaches(payments.holder().pod());
    }

    @Test
    @Order(11)
    void anUninstallLeavesWhatTheNotesSay() throws InterruptedException {
        Observation before = payments.holder();

        release.uninstall();

        assertThat(Leftovers.of(operator))
                .containsExactlyInAnyOrderElementsOf(List.of(
                        "CustomResourceDefinition distributedlocks.holdfast.dev",
                        "CustomResourceDefinition redisnodesets.holdfast.dev"));
        Thread.sleep(Payments.LEASE.multipliedBy(2));
        assertThat(payments.holder()).isEqualTo(before);
        assertThat(recorder.silence()).isLessThan(HEARD);
    }

    /** Inside the cluster and in a tight loop: the time it takes is a result. */
    private void awaitService(String pod) {
        shell.run("for i in $(seq 200); do curl -s -m 0.2 " + SERVICE + " | grep -q " + pod
                + " && exit; sleep 0.02; done; exit 1");
    }

    private void assertServiceReaches(String pod) {
        awaitService(pod);
        assertThat(shell.run("for i in 1 2 3 4 5 6 7 8; do curl -s -m 2 " + SERVICE + " || echo {}; done")
                        .lines()
                        .map(line -> Kube.json(line).path("pod").asText()))
                .hasSize(8)
                .containsOnly(pod);
    }
}
