package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Redis nodes, the operator, the API server and the chart are hurt while the example invoice-worker pays with its fencing
 * token. After each fault one pod holds and pays, everything says so, and the database proves that nothing went wrong.
 * What is done to the holder itself is in {@link InvoiceWorkerE2eTest}.
 */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class FaultCampaignE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration OUTAGE = Duration.ofSeconds(12);
    private static final String API = "holdfast.dev/v1alpha1";
    private static final String LOCK = "invoices";
    private static final String WORKER = "worker";

    private final PaymentPauses pauses = new PaymentPauses();
    private final Installation installation;
    private final Kube kube;
    private final Kube operator;
    private final NodeShell shell;
    private final ExamplePods workers;
    private final Ledger ledger;

    FaultCampaignE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-faults");
        kube = installation.kube();
        operator = Kube.of(cluster.kubeconfig(), Installation.OPERATOR_NAMESPACE);
        shell = NodeShell.start(kube, Images.app());
        workers = new ExamplePods(kube, "invoice-worker", WORKER);
        ledger = new Ledger(kube);
    }

    @BeforeAll
    void install() {
        installation.install();
        installation.release().test();
        Example.named("invoice-worker").applyTo(kube);
        ledger.awaitAfter(0, _ -> true);
        awaitThatAllIsWell();
    }

    @AfterAll
    void tell() {
        System.out.printf(
                "%nfaults while invoices are paid; lease %s, an invoice each half second; %,d were paid%n%s%n",
                LEASE, ledger.entries().size(), pauses);
        operator.close();
        installation.close();
    }

    @Test
    void aMinorityOfNodesIsDeleted() {
        stays("deletion of one Redis node of three", () -> kube.deleteAtOnce(node(0)));
    }

    @Test
    void aMinorityOfNodesIsWiped() {
        stays("kill -9 of one Redis node, which comes back empty", () -> wipe(1));
    }

    @Test
    void aMinorityOfNodesIsCutOff() {
        stays("one Redis node's cable pulled for two leases", () -> {
            Pod node = pod(node(2));
            shell.cable(node, "redis", false);
            pass(LEASE.multipliedBy(2));
            shell.cable(node, "redis", true);
        });
    }

    @Test
    void aMinorityOfNodesIsFrozen() {
        stays("one Redis node frozen for two leases", () -> {
            Pod node = pod(node(0));
            shell.signal("STOP", node, "redis");
            pass(LEASE.multipliedBy(2));
            shell.signal("CONT", node, "redis");
        });
    }

    @Test
    void aMajorityOfNodesIsDeleted() {
        moves("deletion of two Redis nodes of three", () -> {
            kube.deleteAtOnce(node(0));
            kube.deleteAtOnce(node(1));
        });
    }

    @Test
    void aMajorityOfNodesIsWiped() {
        moves("kill -9 of two Redis nodes, which come back empty", () -> wipe(0, 1));
    }

    @Test
    void allNodesAreDeleted() {
        moves(
                "deletion of all Redis nodes",
                () -> IntStream.range(0, 3).forEach(slot -> kube.deleteAtOnce(node(slot))));
    }

    @Test
    void allNodesAreWiped() {
        moves("kill -9 of all Redis nodes, which come back empty", () -> wipe(0, 1, 2));
    }

    @Test
    void theHolderDiesWhileTheOperatorIsAway() {
        moves("kill -9 of the holder's sidecar, no operator", () -> {
            new Operator(operator).scale(0);
            long before = ledger.newest().token();
            killHoldersSidecar();
            ledger.awaitAfter(ledger.newest().entry(), entry -> entry.token() > before);
            new Operator(operator).scale(2);
        });
    }

    @Test
    void theHolderDiesWhileTheApiServerIsAway() {
        moves("kill -9 of the holder's sidecar, no API server for " + OUTAGE.toSeconds() + " s", () -> {
            String sidecar = shell.processes(workers.named(ledger.newest().pod()), "holdfast");
            shell.run(
                    "pids=$(grep -lxE 'kube-apiserver|k3s-server' /proc/[0-9]*/comm | cut -d/ -f3) && test -n \"$pids\""
                            + " && (kill -STOP $pids; kill -KILL " + sidecar + "; sleep " + OUTAGE.toSeconds()
                            + "; kill -CONT $pids) >/dev/null 2>&1 &");
            pass(OUTAGE.plusSeconds(1));
        });
    }

    @Test
    void theNodeSetIsRolled() {
        stays("another memory limit: three Redis nodes replaced one by one", () -> {
            Set<String> old = nodeUids();
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
            await("three new Redis pods").atMost(PATIENCE).until(() -> {
                Set<String> now = nodeUids();
                return now.size() == 3 && now.stream().noneMatch(old::contains);
            });
        });
    }

    @Test
    void theChartIsRolled() {
        stays(
                "helm upgrade: two new operators",
                () -> installation.install(Map.of("operator.podAnnotations.revision", "second")));
    }

    /** The holder goes on as if nothing were. */
    private void stays(String what, Runnable fault) {
        Ledger.Entry before = ledger.newest();
        suffer(what, fault);
        assertThat(ledger.newest().token()).isEqualTo(before.token());
    }

    /** Somebody holds anew, perhaps in the same pod. */
    private void moves(String what, Runnable fault) {
        Ledger.Entry before = ledger.newest();
        suffer(what, () -> {
            fault.run();
            ledger.awaitAfter(before.entry(), entry -> entry.token() > before.token());
        });
    }

    private void suffer(String what, Runnable fault) {
        Ledger.Entry before = ledger.newest();
        fault.run();
        ledger.awaitAfter(ledger.newest().entry(), _ -> true);
        awaitThatAllIsWell();
        pauses.add(what, ledger.longestPauseAfter(before.entry()), before, ledger.newest());
        assertThat(ledger.violations()).isEmpty();
    }

    /** Nothing is stuck: three workers, three votes, one holder, and every status says so. */
    private void awaitThatAllIsWell() {
        await("three workers that run, three votes, one holder")
                .atMost(PATIENCE)
                .ignoreExceptions() // of an API server or a database that is away
                .untilAsserted(() -> {
                    assertThat(workers.all())
                            .hasSize(3)
                            .allSatisfy(pod -> assertThat(Payments.condition(pod, "ContainersReady"))
                                    .isEqualTo("True"));
                    JsonNode set = kube.resource(API, "RedisNodeSet", "default");
                    assertThat(condition(set, "FullStrength")).isEqualTo("True");
                    JsonNode lock = kube.resource(API, "DistributedLock", LOCK);
                    assertThat(condition(lock, "Ready")).isEqualTo("True");
                    assertThat(condition(lock, "Held")).isEqualTo("True");
                    Ledger.Entry newest = ledger.newest();
                    assertThat(lock.at("/status/holder/pod").asText()).isEqualTo(newest.pod());
                    assertThat(lock.at("/status/holder/fencingToken").asLong()).isEqualTo(newest.token());
                    assertThat(workers.all().stream()
                                    .filter(pod -> Payments.condition(pod, "holdfast.dev/" + LOCK)
                                            .equals("True"))
                                    .map(pod -> pod.getMetadata().getName()))
                            .containsExactly(newest.pod());
                });
    }

    private static String condition(JsonNode resource, String type) {
        for (JsonNode condition : resource.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText();
            }
        }
        return "absent";
    }

    private static String node(int slot) {
        return "holdfast-default-" + slot + "-0";
    }

    private Pod pod(String name) {
        return workers.named(name);
    }

    /** At once, so far as one command can. */
    private void wipe(int... slots) {
        shell.run("kill -KILL "
                + IntStream.of(slots)
                        .mapToObj(slot -> shell.processes(pod(node(slot)), "redis"))
                        .collect(Collectors.joining(" ")));
    }

    private void killHoldersSidecar() {
        shell.signal("KILL", workers.named(ledger.newest().pod()), "holdfast");
    }

    private Set<String> nodeUids() {
        return kube.pods("holdfast.dev/node-set", "default").stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private static void pass(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
