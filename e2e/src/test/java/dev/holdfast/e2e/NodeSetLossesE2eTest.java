package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A node set with storage on real pods, and what somebody deletes by accident. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class NodeSetLossesE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Several leases. */
    private static final Duration OUTAGE = Payments.LEASE.multipliedBy(4);

    private static final Duration QUARANTINE = Duration.ofSeconds(20);
    private static final String NODE = "holdfast-default-0";
    private static final String CLAIM = "data-" + NODE + "-0";
    private static final int VOLUMES = 5;
    private static final String CLASS = "holdfast-e2e-losses";
    private static final String FOLDER = "/tmp/" + CLASS;

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;
    private final HolderRecorder recorder;
    private final Payments payments;
    private FencedStore store;
    private final NodeShell shell;

    NodeSetLossesE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-losses");
        kube = installation.kube();
        shell = NodeShell.start(kube, Images.app());
        recorder = new HolderRecorder(kube, Payments.NAME);
        payments = new Payments(kube, recorder);
    }

    @BeforeAll
    void install() {
        installation.install();
        createVolumes();
        store = FencedStore.start(kube);
        applyExample();
        payments.awaitHolderAfter(0, PATIENCE);
        payments.awaitFullStrength();
    }

    @AfterAll
    void tell() {
        recorder.close();
        System.out.println(measured);
        for (int i = 0; i < VOLUMES; i++) {
            kube.client().persistentVolumes().withName(volume(i)).delete();
        }
        installation.close();
    }

    @Test
    @Order(1)
    void aNodeWithStorageVotesAgainAtOnce() {
        Observation before = payments.holder();
        long began = System.nanoTime();

        kube.deleteAtOnce(NODE + "-0");

        awaitVotesAgain();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        measured.add("a node with storage restarts, all vote", took);
        assertThat(took).isLessThan(QUARANTINE);
        assertThat(payments.holder()).isEqualTo(before);
    }

    @Test
    @Order(2)
    void aNodeWhoseVolumeIsDeletedIsQuarantined() {
        Observation before = payments.holder();
        String claim = claimUid();
        long began = System.nanoTime();

        kube.client()
                .persistentVolumeClaims()
                .inNamespace(kube.namespace())
                .withName(CLAIM)
                .delete();
        kube.deleteAtOnce(NODE + "-0");

        awaitVotesAgain();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        measured.add("a node's volume is deleted, all vote", took);
        assertThat(claimUid()).isNotEqualTo(claim);
        assertThat(took).isGreaterThan(QUARANTINE);
        assertThat(payments.holder()).isEqualTo(before);
    }

    @Test
    @Order(3)
    void whatIsDeletedByAccidentComesBack() {
        Observation before = payments.holder();
        Set<String> old = objects();
        var client = kube.client();
        client.apps()
                .statefulSets()
                .inNamespace(kube.namespace())
                .withName(NODE)
                .delete();
        client.services().inNamespace(kube.namespace()).withName(NODE).delete();
        client.secrets()
                .inNamespace(kube.namespace())
                .withName("holdfast-default-access")
                .delete();
        client.configMaps()
                .inNamespace(kube.namespace())
                .withName("holdfast-default-redis")
                .delete();
        client.configMaps()
                .inNamespace(kube.namespace())
                .withName("holdfast-lock-payments")
                .delete();

        await("all of it again").atMost(PATIENCE).until(() -> {
            Set<String> again = new HashSet<>(objects());
            again.removeAll(old);
            return again.size() == 5;
        });
        awaitVotesAgain();
        assertThat(payments.holder()).isEqualTo(before);
    }

    @Test
    @Order(4)
    void withoutAnApiServerTheLockIsHeldOn() throws InterruptedException {
        Observation before = payments.holder();
        long transitions = payments.lock().at("/status/transitions").asLong();

        shell.run("pids=$(grep -lxE 'kube-apiserver|k3s-server' /proc/[0-9]*/comm | cut -d/ -f3) && test -n \"$pids\""
                + " && (kill -STOP $pids; sleep " + OUTAGE.toSeconds() + "; kill -CONT $pids) >/dev/null 2>&1 &");
        Thread.sleep(OUTAGE.plusSeconds(1));

        await("an answer").atMost(PATIENCE).until(() -> recorder.silence().compareTo(Payments.LEASE) < 0);
        assertThat(payments.holder()).isEqualTo(before);
        assertThat(payments.lock().at("/status/transitions").asLong()).isEqualTo(transitions);
    }

    /** A lock that is deleted leaves its pods as they are, and shows nobody; applied again, it shows the same holder. */
    @Test
    @Order(5)
    void aLockThatIsDeletedWhileItIsHeldIsHeldOn() throws InterruptedException {
        Observation before = payments.holder();

        kube.client()
                .genericKubernetesResources("holdfast.dev/v1alpha1", "DistributedLock")
                .inNamespace(kube.namespace())
                .withName(Payments.NAME)
                .delete();

        await("no label")
                .atMost(PATIENCE)
                .until(() -> kube.pods("holder.holdfast.dev/payments", "true").isEmpty());
        await("no Service")
                .atMost(PATIENCE)
                .until(() -> kube.resource("v1", "Service", Payments.NAME).isMissingNode());
        Thread.sleep(Payments.LEASE.multipliedBy(2));
        assertThat(payments.holder()).isEqualTo(before);
        assertThat(recorder.silence()).isLessThan(Payments.LEASE);

        applyExample();
        await("the holder shown again")
                .atMost(PATIENCE)
                .until(() -> payments.lock().at("/status/holder/fencingToken").asLong() == before.token());
    }

    @Test
    @Order(6)
    void aNamespaceIsDeletedWithAllThatIsInIt() {
        FencedStore.Writes writes =
                store.awaitToken(Payments.NAME, payments.holder().token());
        assertThat(writes.taken().violations()).isEmpty();

        long began = System.nanoTime();
        kube.deleteNamespace();
        measured.add("the namespace deleted, nothing left", Duration.ofNanos(System.nanoTime() - began));
    }

    private void applyExample() {
        Example.named("leader-election")
                .applyTo(
                        kube,
                        yaml -> FencedStore.withWriters(yaml, Payments.NAME)
                                .replace(
                                        "maxLeaseDuration: 5s",
                                        "maxLeaseDuration: %ds\n  storage: {size: 64Mi, storageClassName: %s}"
                                                .formatted(QUARANTINE.toSeconds(), CLASS)));
    }

    private void awaitVotesAgain() {
        await("it has seen the loss")
                .atMost(PATIENCE)
                .until(() -> payments.nodeSet().at("/status/voting").asInt() == 2);
        payments.awaitFullStrength();
    }

    private String claimUid() {
        var claim = kube.resource("v1", "PersistentVolumeClaim", CLAIM);
        return claim.at("/metadata/uid").asText();
    }

    private Set<String> objects() {
        return Stream.of(
                        kube.resource("apps/v1", "StatefulSet", NODE),
                        kube.resource("v1", "Service", NODE),
                        kube.resource("v1", "Secret", "holdfast-default-access"),
                        kube.resource("v1", "ConfigMap", "holdfast-default-redis"),
                        kube.resource("v1", "ConfigMap", "holdfast-lock-payments"))
                .map(object -> object.at("/metadata/uid").asText())
                .filter(uid -> !uid.isEmpty())
                .collect(Collectors.toSet());
    }

    /** Nothing in a bare cluster makes volumes. */
    private void createVolumes() {
        kube.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: volumes}
                spec:
                  restartPolicy: Never
                  containers:
                    - name: make
                      image: %s
                      imagePullPolicy: IfNotPresent
                      command: [sh, -c, "rm -rf /made/* && cd /made && for i in $(seq 0 %d); do mkdir -m 777 $i; done"]
                      securityContext: {runAsUser: 0}
                      volumeMounts: [{name: made, mountPath: /made}]
                  volumes: [{name: made, hostPath: {path: %s, type: DirectoryOrCreate}}]
                """.formatted(Images.app(), VOLUMES - 1, FOLDER));
        await("folders for volumes")
                .atMost(PATIENCE)
                .until(() -> kube.resource("v1", "Pod", "volumes")
                        .at("/status/phase")
                        .asText()
                        .equals("Succeeded"));
        for (int i = 0; i < VOLUMES; i++) {
            kube.client().persistentVolumes().withName(volume(i)).delete();
            kube.apply("""
                    apiVersion: v1
                    kind: PersistentVolume
                    metadata: {name: %s}
                    spec:
                      capacity: {storage: 64Mi}
                      accessModes: [ReadWriteOnce]
                      persistentVolumeReclaimPolicy: Retain
                      storageClassName: %s
                      hostPath: {path: %s}
                    """.formatted(volume(i), CLASS, FOLDER + '/' + i));
        }
    }

    private static String volume(int i) {
        return CLASS + "-" + i;
    }
}
