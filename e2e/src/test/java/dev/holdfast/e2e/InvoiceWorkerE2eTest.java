package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The example invoice-worker: each invoice is paid once and by the holder, through every fault. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class InvoiceWorkerE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final String WORKER = "worker";
    private static final String SIDECAR = "holdfast";

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;
    private final NodeShell shell;
    private final ExamplePods workers;
    private final Ledger ledger;

    InvoiceWorkerE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-invoices");
        kube = installation.kube();
        shell = NodeShell.start(kube, Images.app());
        workers = new ExamplePods(kube, "invoice-worker", WORKER);
        ledger = new Ledger(kube);
    }

    @BeforeAll
    void install() {
        installation.install();
        long began = System.nanoTime();
        Example.named("invoice-worker").applyTo(kube);
        ledger.awaitAfter(0, _ -> true);
        measured.add("apply the example, three invoices paid", Duration.ofNanos(System.nanoTime() - began));
        await("three pods that run")
                .atMost(PATIENCE)
                .until(() -> workers.all().size() == 3 && workers.all().stream().allMatch(this::runs));
    }

    @AfterEach
    void nothingIsWrongAndTheWorkGoesOn() {
        await("three pods that run")
                .atMost(PATIENCE)
                .until(() -> workers.all().size() == 3 && workers.all().stream().allMatch(this::runs));
        Ledger.Entry before = ledger.newest();
        ledger.awaitAfter(before.entry(), _ -> true);
        assertThat(verified()).isEmpty();
        assertThat(ledger.entries()).extracting(Ledger.Entry::token).isSorted();
        assertThat(ledger.entries()).extracting(Ledger.Entry::invoice).doesNotHaveDuplicates();
    }

    @AfterAll
    void tell() {
        System.out.printf("%ninvoices paid: %,d%n%s%n", ledger.entries().size(), measured);
        installation.close();
    }

    /** Its container is started again, beside the sidecar that held on. */
    @Test
    void theHoldersWorkerIsKilled() {
        Ledger.Entry before = ledger.newest();
        int restarts = restarts(before.pod());

        shell.signal("KILL", workers.named(before.pod()), WORKER);

        await("its container is started again").atMost(PATIENCE).until(() -> restarts(before.pod()) > restarts);
        Ledger.Entry next = ledger.awaitAfter(ledger.newest().entry(), _ -> true);
        assertThat(next.token()).isEqualTo(before.token());
        assertThat(next.pod()).isEqualTo(before.pod());
    }

    /** Whoever pays next, and it may be the same pod with its new sidecar, has a greater token. */
    @Test
    void theHoldersSidecarIsKilled() {
        Ledger.Entry before = ledger.newest();
        long began = System.nanoTime();

        shell.signal("KILL", workers.named(before.pod()), SIDECAR);

        ledger.awaitAfter(before.entry(), entry -> entry.token() > before.token());
        measured.add("kill -9 of the holder's sidecar, the next one pays", Duration.ofNanos(System.nanoTime() - began));
    }

    @Test
    void theHoldersPodIsFrozen() throws InterruptedException {
        Pod frozen = handOver("freeze of the holder's pod, another pays", holder -> {
            shell.signal("STOP", holder, WORKER);
            shell.signal("STOP", holder, SIDECAR);
        });
        Thread.sleep(LEASE);
        long last = ledger.newest().entry();

        shell.signal("CONT", frozen, WORKER);
        shell.signal("CONT", frozen, SIDECAR);

        assertThat(ledger.awaitAfter(last, _ -> true).pod()).isNotEqualTo(name(frozen));
    }

    @Test
    void theHoldersPodIsCutOff() {
        Pod cut = handOver("the holder's cable is pulled, another pays", holder -> shell.cable(holder, WORKER, false));
        shell.cable(cut, WORKER, true);
    }

    /** As the README shows it, by what a user can do. */
    @Test
    void aFrozenWorkerWhoseLockIsHandedOnDoesNotPayWhenItThaws() {
        Pod frozen = handOver("the worker frozen and its lock handed on, another pays", holder -> {
            kube.exec(name(holder), WORKER, "pkill", "-STOP", "-f", "worker.sh");
            kube.exec(
                    name(holder),
                    WORKER,
                    "sh",
                    "-c",
                    "wget -qO- --post-data '{\"standDown\":\"30s\"}' $HOLDFAST_URL/v1/locks/invoices/resign");
        });
        long last = ledger.newest().entry();

        kube.exec(name(frozen), WORKER, "pkill", "-CONT", "-f", "worker.sh");

        assertThat(ledger.awaitAfter(last, _ -> true).pod()).isNotEqualTo(name(frozen));
    }

    @Test
    void aStalePaymentIsRefused() {
        String stale = "psql -X -v token=1 -v invoice=1 -v pod=nobody -f /sql/pay.sql 2>&1 || true";

        assertThat(kube.exec(name(holder()), WORKER, "sh", "-c", stale)).contains("refused: token 1 is stale");
    }

    @Test
    void theDatabaseIsKilled() {
        long last = ledger.newest().entry();

        shell.signal("KILL", workers.named("invoices-database-0"), "postgres");

        ledger.awaitAfter(last, _ -> true);
    }

    @Test
    void theDeploymentIsRolled() {
        Set<String> before = new HashSet<>(
                workers.all().stream().map(InvoiceWorkerE2eTest::name).toList());
        long began = System.nanoTime();

        kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName("invoice-worker")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"revision\":\"2\"}}}}}");

        await("three new pods")
                .atMost(PATIENCE)
                .until(() -> kube.pods("app", "invoice-worker").size() == 3
                        && workers.all().stream()
                                .map(InvoiceWorkerE2eTest::name)
                                .noneMatch(before::contains)
                        && workers.all().stream().allMatch(this::runs));
        measured.add("rollout of three workers", Duration.ofNanos(System.nanoTime() - began));
        Ledger.Entry next = ledger.awaitAfter(ledger.newest().entry(), _ -> true);
        assertThat(before).doesNotContain(next.pod());
    }

    /** Does something to the holder's pod; then another pod pays, with a greater token. Gives the pod. */
    private Pod handOver(String what, Consumer<Pod> fault) {
        Pod from = holder();
        Ledger.Entry before = ledger.newest();
        long began = System.nanoTime();
        fault.accept(from);
        Ledger.Entry next =
                ledger.awaitAfter(before.entry(), entry -> !entry.pod().equals(name(from)));
        measured.add(what, Duration.ofNanos(System.nanoTime() - began));
        assertThat(next.token()).isGreaterThan(before.token());
        return from;
    }

    private Pod holder() {
        return workers.named(ledger.newest().pod());
    }

    /** What verify.sql prints in a worker's pod. */
    private List<String> verified() {
        return kube.exec(name(holder()), WORKER, "psql", "-XAtq", "-f", "/sql/verify.sql")
                .lines()
                .toList();
    }

    private int restarts(String pod) {
        return workers.named(pod).getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals(WORKER))
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    private boolean runs(Pod pod) {
        return Payments.condition(pod, "ContainersReady").equals("True");
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }
}
