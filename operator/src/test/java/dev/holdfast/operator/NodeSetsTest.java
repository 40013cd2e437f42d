package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.sidecar.config.AppHealth;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Nodes are brought up and admitted once, and then told to sidecars. */
@ExtendWith(RealApiServer.class)
class NodeSetsTest {

    private ApiServer server;
    private TestNamespace namespace;
    private Loops loops;

    @BeforeEach
    void start(ApiServer given) {
        server = given;
        namespace = TestNamespace.create(server.client());
        loops = Loops.start(server, namespace);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aLockBringsUpTheDefaultNodeSet() {
        namespace.createLock("payments", "{}");

        await().atMost(SOON).until(() -> namespace.list(StatefulSet.class).size() == 3);
        for (int slot = 0; slot < 3; slot++) {
            StatefulSet node = server.client()
                    .apps()
                    .statefulSets()
                    .inNamespace(namespace.name())
                    .withName("holdfast-default-" + slot)
                    .get();
            assertThat(node.getSpec().getReplicas()).isEqualTo(1);
            assertThat(server.client()
                            .services()
                            .inNamespace(namespace.name())
                            .withName("holdfast-default-" + slot)
                            .get()
                            .getSpec()
                            .getClusterIP())
                    .isEqualTo("None");
        }
        assertThat(Objects.requireNonNull(namespace.secret("holdfast-default-credentials"))
                        .getData())
                .containsOnlyKeys("username", "password", "rotation");
        assertThat(server.client()
                        .policy()
                        .v1()
                        .podDisruptionBudget()
                        .inNamespace(namespace.name())
                        .withName("holdfast-default")
                        .get()
                        .getSpec()
                        .getMaxUnavailable()
                        .getIntVal())
                .isEqualTo(1);
        namespace.awaitLock("payments", "Ready", "NodeSetStarting");
    }

    @Test
    void sidecarsAreToldTheAddressesOnceFreshNodesAreAdmittedAndNotBefore(@TempDir Path mounted) throws Exception {
        namespace.createLock(
                "payments",
                "{leaseDuration: 5s, maxHold: 1h, appHealth: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 2}}");
        await().atMost(SOON).until(() -> namespace.list(StatefulSet.class).size() == 3);
        namespace.makeReady("holdfast-default-0");
        namespace.makeReady("holdfast-default-1");
        assertThat(loops.nodes.admitted).isEmpty();
        assertThat(namespace.configuration("payments")).isNull();

        namespace.makeReady("holdfast-default-2");

        await().atMost(SOON).until(() -> namespace.configuration("payments") != null);
        String uid = namespace.nodeSet("default").getMetadata().getUid();
        assertThat(loops.nodes.admitted).containsExactly(uid);
        assertThat(loops.nodes.recordedBefore).containsExactly("Admitting");
        assertThat(Serialization.<Object>unmarshal(namespace.configuration("payments"), Object.class))
                .isEqualTo(Serialization.<Object>unmarshal("""
                        {"lock": "payments", "namespace": "%1$s", "mode": "Leader", "leaseDuration": "5s",
                         "lockDelay": "0s", "maxHold": "1h",
                         "appHealth": {"path": "/healthz", "port": 8080, "period": "2s", "failureThreshold": 3},
                         "nodeSet": {"name": "default", "uid": "%2$s", "maxLeaseDuration": "1m", "durable": false,
                           "tls": false, "nodes": ["holdfast-default-0.%1$s.svc:6379",
                             "holdfast-default-1.%1$s.svc:6379", "holdfast-default-2.%1$s.svc:6379"]}}
                        """.formatted(namespace.name(), uid), Object.class));
        assertThat(asASidecarReadsIt(mounted, "payments").appHealth())
                .hasValue(new AppHealth("/healthz", 8080, Duration.ofSeconds(2), 3));
        namespace.awaitLock("payments", "Ready", "Ready");
    }

    private LockConfig asASidecarReadsIt(Path mounted, String lock) throws Exception {
        Path file = Files.createDirectories(mounted.resolve("locks")).resolve(lock + ".json");
        Files.writeString(file, Objects.requireNonNull(namespace.configuration(lock)));
        return SidecarConfig.read(Map.of("HOLDFAST_CONFIG", mounted.toString(), "HOLDFAST_POD", "pod"))
                .locks()
                .getFirst();
    }

    @Test
    void aSecretThatIsDeletedComesBackWithTheSamePassword() {
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        await().atMost(SOON).until(() -> namespace.configuration("payments") != null);
        for (String name : List.of("holdfast-default-credentials", "holdfast-default-access")) {
            Secret before = Objects.requireNonNull(namespace.secret(name));
            assertThat(before.getData().get("password")).isNotEmpty();

            server.client().resource(before).delete();

            await().atMost(SOON).until(() -> {
                Secret now = namespace.secret(name);
                return now != null
                        && !now.getMetadata()
                                .getUid()
                                .equals(before.getMetadata().getUid());
            });
            assertThat(Objects.requireNonNull(namespace.secret(name)).getData().get("password"))
                    .isEqualTo(before.getData().get("password"));
        }
    }

    @Test
    void anOperatorThatDiedWhileAdmittingLeavesTheNodesToTheSidecars() {
        loops.nodes.dieWhileAdmitting = true;
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        await().atMost(SOON).until(() -> !loops.nodes.admitted.isEmpty());

        loops.close();
        loops.nodes.dieWhileAdmitting = false;
        loops = Loops.start(server, namespace, loops.nodes);

        namespace.awaitNodeSet("default", "Admitted", "LeftToSidecars");
        assertThat(loops.nodes.admitted).hasSize(1);
    }

    @Test
    void theDefaultNodeSetIsWhatTheOperatorWasTold() {
        namespace.createLock("payments", "{}");

        await().atMost(SOON).until(() -> namespace.list(StatefulSet.class).size() == 3);
        assertThat(namespace.list(StatefulSet.class)).allSatisfy(node -> {
            PodSpec pod = node.getSpec().getTemplate().getSpec();
            assertThat(pod.getContainers().getFirst().getImage())
                    .isEqualTo(Loops.DEFAULT_NODE_SET.get("image"))
                    .isNotEqualTo(RedisNodeSetSpec.DEFAULT_IMAGE);
            assertThat(pod.getImagePullSecrets()).containsExactly(new LocalObjectReference("registry"));
        });
        assertThat(namespace.nodeSet("default").getSpec().maxLeaseDuration())
                .isEqualTo(RedisNodeSetSpec.DEFAULT_MAX_LEASE);
    }

    /** What its sidecars were told is deleted with it, and they go on with it all the same. */
    @Test
    void aLockThatIsAppliedAgainOnAnotherSetWaitsForThePodsOfBefore() {
        namespace.createNodeSet("archive", "{}");
        namespace.bringUpNodes("archive", 3);
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        await().atMost(SOON).until(() -> namespace.configuration("payments") != null);
        namespace.pods().create("app-1", "10.1.1.1", "payments");
        namespace.pods().noteNodeSets("app-1", "payments=default");
        await().atMost(SOON)
                .until(() -> namespace.status("payments").orElseThrow().candidates() == 1);

        server.client().resource(namespace.lock("payments")).delete();
        // No garbage collector here.
        server.client()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("holdfast-lock-payments")
                .delete();
        namespace.createLock("payments", "{nodeSet: archive}");

        namespace.awaitLock("payments", "Ready", "NodeSetReplaced");
        assertThat(namespace.configuration("payments")).isNull();
        assertThat(namespace.lockCondition("payments", "Ready").getMessage())
                .startsWith("pods still vote on other nodes than those of RedisNodeSet \"archive\"");
    }

    @Test
    void aLockStaysOnTheNodesThatItsPodsVoteOn() {
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        await().atMost(SOON).until(() -> namespace.configuration("payments") != null);
        namespace.pods().create("app-1", "10.1.1.1", "payments");
        await().atMost(SOON)
                .until(() -> namespace.status("payments").orElseThrow().candidates() == 1);
        String before = namespace.configuration("payments");
        String uid = namespace.nodeSet("default").getMetadata().getUid();

        server.client().resource(namespace.nodeSet("default")).delete();
        await().atMost(SOON)
                .until(() -> namespace.list(RedisNodeSet.class).stream()
                        .anyMatch(set -> !set.getMetadata().getUid().equals(uid)));
        // No garbage collector here: the nodes of before are still there, and ready.
        namespace.awaitLock("payments", "Ready", "NodeSetReplaced");

        assertThat(namespace.configuration("payments")).isEqualTo(before);
        assertThat(namespace.lockCondition("payments", "Ready").getMessage()).contains("scale all 1 to zero");
    }
}
