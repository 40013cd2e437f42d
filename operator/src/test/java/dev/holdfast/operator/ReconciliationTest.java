package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.NodeSetReconciler;
import dev.holdfast.sidecar.config.AppHealth;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The loops on a real API server. No kubelet and no Redis here: the test plays their part by writing status. */
@ExtendWith(RealApiServer.class)
class ReconciliationTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    private final FakeNodes nodes = new FakeNodes();
    private KubernetesClient client;
    private String namespace;
    private Reconciliation reconciliation;

    @BeforeEach
    void start(KubernetesClient server) {
        client = server;
        namespace = "test-" + UUID.randomUUID();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        reconciliation = begin();
    }

    @AfterEach
    void stop() {
        reconciliation.close();
    }

    private Reconciliation begin() {
        Reconciliation fresh = new Reconciliation(
                client,
                nodes,
                Set.of(namespace),
                Metrics.NOOP,
                new NodeSetReconciler.Settings("holdfast-system", Duration.ofSeconds(2)),
                Optional.empty());
        fresh.start();
        return fresh;
    }

    @Test
    void aLockBringsUpTheDefaultNodeSet() {
        createLock("payments", "{}");

        await().atMost(SOON).until(() -> list(StatefulSet.class).size() == 3);
        for (int slot = 0; slot < 3; slot++) {
            StatefulSet node = client.apps()
                    .statefulSets()
                    .inNamespace(namespace)
                    .withName("holdfast-default-" + slot)
                    .get();
            assertThat(node.getSpec().getReplicas()).isEqualTo(1);
            assertThat(client.services()
                            .inNamespace(namespace)
                            .withName("holdfast-default-" + slot)
                            .get()
                            .getSpec()
                            .getClusterIP())
                    .isEqualTo("None");
        }
        assertThat(client.secrets()
                        .inNamespace(namespace)
                        .withName("holdfast-default-credentials")
                        .get()
                        .getData())
                .containsOnlyKeys("username", "password");
        assertThat(client.policy()
                        .v1()
                        .podDisruptionBudget()
                        .inNamespace(namespace)
                        .withName("holdfast-default")
                        .get()
                        .getSpec()
                        .getMaxUnavailable()
                        .getIntVal())
                .isEqualTo(1);
        await().atMost(SOON)
                .until(() -> condition(lock("payments"), "Ready").getReason().equals("NodeSetStarting"));
    }

    @Test
    void sidecarsAreToldTheAddressesOnceFreshNodesAreAdmittedAndNotBefore(@TempDir Path mounted) throws Exception {
        createLock(
                "payments",
                "{leaseDuration: 5s, maxHold: 1h, appHealth: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 2}}");
        await().atMost(SOON).until(() -> list(StatefulSet.class).size() == 3);
        makeReady("holdfast-default-0");
        makeReady("holdfast-default-1");
        assertThat(nodes.admitted).isEmpty();
        assertThat(configuration("payments")).isNull();

        makeReady("holdfast-default-2");

        await().atMost(SOON).until(() -> configuration("payments") != null);
        assertThat(nodes.admitted).containsExactly(nodeSet().getMetadata().getUid());
        assertThat(nodes.recordedBefore).containsExactly("Admitting");
        String uid = nodeSet().getMetadata().getUid();
        assertThat(Serialization.<Object>unmarshal(configuration("payments"), Object.class))
                .isEqualTo(Serialization.<Object>unmarshal("""
                        {"lock": "payments", "namespace": "%1$s", "mode": "Leader", "leaseDuration": "5s",
                         "lockDelay": "0s", "maxHold": "1h",
                         "appHealth": {"path": "/healthz", "port": 8080, "period": "2s", "failureThreshold": 3},
                         "nodeSet": {"name": "default", "uid": "%2$s", "maxLeaseDuration": "1m", "durable": false,
                           "tls": false, "nodes": ["holdfast-default-0.%1$s.svc:6379",
                             "holdfast-default-1.%1$s.svc:6379", "holdfast-default-2.%1$s.svc:6379"]}}
                        """.formatted(namespace, uid), Object.class));
        assertThat(asASidecarReadsIt(mounted, "payments").appHealth())
                .hasValue(new AppHealth("/healthz", 8080, Duration.ofSeconds(2), 3));
        await().atMost(SOON)
                .until(() -> condition(lock("payments"), "Ready").getStatus().equals("True"));
    }

    private LockConfig asASidecarReadsIt(Path mounted, String lock) throws Exception {
        Path file = Files.createDirectories(mounted.resolve("locks")).resolve(lock + ".json");
        Files.writeString(file, Objects.requireNonNull(configuration(lock)));
        return SidecarConfig.read(Map.of("HOLDFAST_CONFIG", mounted.toString(), "HOLDFAST_POD", "pod"))
                .locks()
                .getFirst();
    }

    @Test
    void aSecretThatIsDeletedComesBackWithTheSamePassword() {
        createLock("payments", "{}");
        bringUpNodes();
        await().atMost(SOON).until(() -> configuration("payments") != null);
        for (String name : List.of("holdfast-default-credentials", "holdfast-default-access")) {
            String password = password(name);
            String uid = Objects.requireNonNull(secret(name)).getMetadata().getUid();
            assertThat(password).isNotEmpty();

            client.secrets().inNamespace(namespace).withName(name).delete();

            await().atMost(SOON).until(() -> {
                var now = secret(name);
                return now != null && !now.getMetadata().getUid().equals(uid);
            });
            assertThat(password(name)).isEqualTo(password);
        }
    }

    private io.fabric8.kubernetes.api.model.@Nullable Secret secret(String name) {
        return client.secrets().inNamespace(namespace).withName(name).get();
    }

    private String password(String secret) {
        return Objects.requireNonNull(
                Objects.requireNonNull(secret(secret)).getData().get("password"));
    }

    @Test
    void anOperatorThatDiedWhileAdmittingLeavesTheNodesToTheSidecars() {
        nodes.dieWhileAdmitting = true;
        createLock("payments", "{}");
        bringUpNodes();
        await().atMost(SOON).until(() -> !nodes.admitted.isEmpty());

        reconciliation.close();
        nodes.dieWhileAdmitting = false;
        reconciliation = begin();

        await().atMost(SOON)
                .until(() -> condition(nodeSet(), "Admitted").getReason().equals("LeftToSidecars"));
        assertThat(nodes.admitted).hasSize(1);
    }

    @Test
    void theHolderIsShownFromPodConditions() {
        createLock("payments", "{exposure: {service: {ports: [{port: 80, targetPort: 8080}]}}}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        createPod("app-2", "10.1.1.2");
        await().atMost(SOON).until(() -> lock("payments").getStatus().candidates() == 2);
        assertThat(condition(lock("payments"), "Held").getStatus()).isEqualTo("False");

        hold("app-1", 100);

        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));
        await().atMost(SOON).until(() -> endpoints("payments").equals(List.of("10.1.1.1")));
        await().atMost(SOON).until(() -> labelled().equals(List.of("app-1")));

        // The new holder says so before the old one's condition is gone.
        hold("app-2", 200);

        await().atMost(SOON).until(() -> holderOf("payments").equals("app-2:200"));
        await().atMost(SOON).until(() -> endpoints("payments").equals(List.of("10.1.1.2")));
        await().atMost(SOON).until(() -> labelled().equals(List.of("app-2")));
        await().atMost(SOON).until(() -> conditionOf("app-1").getStatus().equals("False"));
        assertThat(lock("payments").getStatus().transitions()).isEqualTo(2);
        assertThat(list(Event.class))
                .filteredOn(event -> event.getReason().equals("Acquired"))
                .extracting(Event::getMessage)
                .containsExactlyInAnyOrder("app-1 holds with fencing token 100", "app-2 holds with fencing token 200");
    }

    @Test
    void aHolderThatVanishedIsShownNoMore() {
        createLock("payments", "{}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        hold("app-1", 100);
        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));

        client.pods()
                .inNamespace(namespace)
                .withName("app-1")
                .withGracePeriod(0)
                .delete();

        await().atMost(SOON).until(() -> holderOf("payments").isEmpty());
        assertThat(condition(lock("payments"), "Held").getStatus()).isEqualTo("False");
    }

    @Test
    void aSidecarThatDiedHoldsNoMore() {
        createLock("payments", "{}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        hold("app-1", 100);
        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));

        client.pods().inNamespace(namespace).withName("app-1").editStatus(pod -> {
            pod.getStatus()
                    .getInitContainerStatuses()
                    .getFirst()
                    .setState(new ContainerStateBuilder()
                            .withNewTerminated()
                            .withExitCode(137)
                            .withFinishedAt("2026-01-01T00:00:05Z")
                            .endTerminated()
                            .build());
            return pod;
        });

        await().atMost(SOON).until(() -> holderOf("payments").isEmpty());
        await().atMost(SOON).until(() -> conditionOf("app-1").getStatus().equals("False"));
    }

    /** A sidecar may win and say so before the kubelet has told that its container runs. */
    @Test
    void aQuickHolderIsBelieved() {
        createLock("payments", "{}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        client.pods().inNamespace(namespace).withName("app-1").editStatus(pod -> {
            pod.getStatus().setInitContainerStatuses(List.of());
            return pod;
        });

        hold("app-1", 100);

        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));
        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> conditionOf("app-1").getStatus().equals("True"));
    }

    @Test
    void aLockStaysOnTheNodesThatItsPodsVoteOn() {
        createLock("payments", "{}");
        bringUpNodes();
        await().atMost(SOON).until(() -> configuration("payments") != null);
        createPod("app-1", "10.1.1.1");
        await().atMost(SOON).until(() -> lock("payments").getStatus().candidates() == 1);
        String before = configuration("payments");
        String uid = nodeSet().getMetadata().getUid();

        client.resource(nodeSet()).delete();
        await().atMost(SOON)
                .until(() -> list(RedisNodeSet.class).stream()
                        .anyMatch(set -> !set.getMetadata().getUid().equals(uid)));
        // No garbage collector here: the nodes of before are still there, and ready.
        await().atMost(SOON)
                .until(() -> condition(lock("payments"), "Ready").getReason().equals("NodeSetReplaced"));

        assertThat(configuration("payments")).isEqualTo(before);
        assertThat(condition(lock("payments"), "Ready").getMessage()).contains("scale them to zero");
    }

    @Test
    void whatSomebodyElseMadeStaysHisAndTheLockSaysSo() {
        client.resource(new io.fabric8.kubernetes.api.model.ServiceBuilder()
                        .withNewMetadata()
                        .withName("payments")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "payments")
                        .addNewPort()
                        .withPort(8080)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        createLock("payments", "{exposure: {service: {ports: [{port: 80}]}}}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        hold("app-1", 100);

        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));
        await().atMost(SOON)
                .until(() -> condition(lock("payments"), "Ready").getReason().equals("ObjectRefused"));
        assertThat(condition(lock("payments"), "Ready").getMessage()).startsWith("Service refused: ");
        var service =
                client.services().inNamespace(namespace).withName("payments").get();
        assertThat(service.getSpec().getPorts()).extracting("port").containsExactly(8080);
        assertThat(service.getMetadata().getOwnerReferences()).isEmpty();
    }

    @Test
    void nothingIsWrittenWhenNothingChanges() throws InterruptedException {
        createLock("payments", "{exposure: {service: {ports: [{name: http, port: 80}]}}}");
        bringUpNodes();
        createPod("app-1", "10.1.1.1");
        hold("app-1", 100);
        await().atMost(SOON).until(() -> holderOf("payments").equals("app-1:100"));
        await().atMost(SOON).until(() -> labelled().equals(List.of("app-1")));
        await().atMost(SOON).until(() -> endpoints("payments").equals(List.of("10.1.1.1")));
        awaitQuiet();
        List<String> before = versions();

        reconciliation.close();
        reconciliation = begin();
        // Every resource is reconciled at the start; give it the time of many round trips to write something.
        Thread.sleep(3_000);

        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void aLeaseAboveTheNodeSetsBoundIsExplained() {
        createLock("payments", "{leaseDuration: 2m}");

        await().atMost(SOON)
                .until(() -> lock("payments").getStatus() != null
                        && condition(lock("payments"), "Ready").getReason().equals("LeaseTooLong"));
        assertThat(condition(lock("payments"), "Ready").getMessage())
                .isEqualTo(
                        "leaseDuration 2m is above maxLeaseDuration 1m of RedisNodeSet \"default\"; shorten it, or use"
                                + " another node set");
    }

    @Test
    void aNodeSetThatDoesNotExistIsNamed() {
        createLock("payments", "{nodeSet: special}");

        await().atMost(SOON)
                .until(() -> lock("payments").getStatus() != null
                        && condition(lock("payments"), "Ready").getReason().equals("NodeSetMissing"));
        assertThat(list(RedisNodeSet.class)).isEmpty();
    }

    private void awaitQuiet() throws InterruptedException {
        List<String> last = List.of();
        for (int i = 0; i < 20 && !last.equals(versions()); i++) {
            last = versions();
            Thread.sleep(500);
        }
    }

    private List<String> versions() {
        return Stream.of(
                        list(StatefulSet.class),
                        list(io.fabric8.kubernetes.api.model.ConfigMap.class),
                        list(io.fabric8.kubernetes.api.model.Secret.class),
                        list(io.fabric8.kubernetes.api.model.Service.class),
                        list(io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice.class),
                        list(io.fabric8.kubernetes.api.model.rbac.RoleBinding.class),
                        list(io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget.class),
                        list(Pod.class),
                        list(Event.class),
                        list(RedisNodeSet.class),
                        list(DistributedLock.class))
                .flatMap(List::stream)
                .map(it -> it.getKind()
                        + ' '
                        + it.getMetadata().getName()
                        + ' '
                        + it.getMetadata().getResourceVersion())
                .toList();
    }

    private <T extends HasMetadata> List<T> list(Class<T> kind) {
        return client.resources(kind).inNamespace(namespace).list().getItems();
    }

    private void createLock(String name, String spec) {
        client.resource(Serialization.unmarshal("""
                        apiVersion: holdfast.dev/v1alpha1
                        kind: DistributedLock
                        metadata: {name: %s, namespace: %s}
                        spec: %s
                        """.formatted(name, namespace, spec), DistributedLock.class))
                .create();
    }

    private void bringUpNodes() {
        await().atMost(SOON).until(() -> list(StatefulSet.class).size() == 3);
        for (int slot = 0; slot < 3; slot++) {
            makeReady("holdfast-default-" + slot);
        }
    }

    private void makeReady(String node) {
        client.apps().statefulSets().inNamespace(namespace).withName(node).editStatus(set -> {
            set.setStatus(new io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder()
                    .withReplicas(1)
                    .withReadyReplicas(1)
                    .withAvailableReplicas(1)
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .build());
            return set;
        });
    }

    private void createPod(String name, String address) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("holdfast.dev/inject", "true")
                .addToAnnotations("holdfast.dev/locks", "payments")
                .endMetadata()
                .withNewSpec()
                .addNewInitContainer()
                .withName("holdfast")
                .withImage("sidecar")
                .withRestartPolicy("Always")
                .endInitContainer()
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .endContainer()
                .endSpec()
                .build();
        Pod created = client.resource(pod).create();
        created.setStatus(new PodStatusBuilder()
                .withPhase("Running")
                .withPodIP(address)
                .addNewPodIP(address)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .withInitContainerStatuses(new ContainerStatusBuilder()
                        .withName("holdfast")
                        .withImage("sidecar")
                        .withImageID("")
                        .withReady(true)
                        .withRestartCount(0)
                        .withState(new ContainerStateBuilder()
                                .withNewRunning()
                                .endRunning()
                                .build())
                        .build())
                .build());
        client.resource(created).updateStatus();
    }

    private void hold(String pod, long token) {
        client.pods().inNamespace(namespace).withName(pod).editStatus(it -> {
            it.getStatus()
                    .getConditions()
                    .removeIf(condition -> condition.getType().equals("holdfast.dev/payments"));
            it.getStatus()
                    .getConditions()
                    .add(new PodConditionBuilder()
                            .withType("holdfast.dev/payments")
                            .withStatus("True")
                            .withReason("Held")
                            .withMessage("holds payments with fencing token " + token)
                            .withLastTransitionTime("2026-01-01T00:00:00Z")
                            .build());
            return it;
        });
    }

    private DistributedLock lock(String name) {
        return client.resources(DistributedLock.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private RedisNodeSet nodeSet() {
        return client.resources(RedisNodeSet.class)
                .inNamespace(namespace)
                .withName("default")
                .get();
    }

    private @Nullable String configuration(String lock) {
        var found = client.configMaps()
                .inNamespace(namespace)
                .withName("holdfast-lock-" + lock)
                .get();
        return found == null ? null : found.getData().get(lock + ".json");
    }

    private String holderOf(String lock) {
        var status = lock(lock).getStatus();
        return status == null || status.holder() == null
                ? ""
                : status.holder().pod() + ":" + status.holder().fencingToken();
    }

    private List<String> endpoints(String service) {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .flatMap(endpoint -> endpoint.getAddresses().stream())
                .toList();
    }

    private List<String> labelled() {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("holder.holdfast.dev/payments", "true")
                .list()
                .getItems()
                .stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private PodCondition conditionOf(String pod) {
        return client.pods().inNamespace(namespace).withName(pod).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("holdfast.dev/payments"))
                .findAny()
                .orElseThrow();
    }

    private static Condition condition(DistributedLock lock, String type) {
        return find(lock.getStatus() == null ? List.of() : lock.getStatus().conditions(), type);
    }

    private static Condition condition(RedisNodeSet set, String type) {
        return find(set.getStatus() == null ? List.of() : set.getStatus().conditions(), type);
    }

    private static Condition find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findAny()
                .orElseGet(() -> new Condition("", "", 0L, "", "", type));
    }

    /** Redis as the operator would meet it. */
    private final class FakeNodes implements Nodes {
        private final List<String> admitted = new CopyOnWriteArrayList<>();
        private final List<String> recordedBefore = new CopyOnWriteArrayList<>();
        private volatile boolean dieWhileAdmitting;

        @Override
        public Optional<String> admitFresh(RedisNodeSet set, Optional<Credentials> credentials) {
            admitted.add(set.getMetadata().getUid());
            recordedBefore.add(condition(nodeSet(), "Admitted").getReason());
            if (dieWhileAdmitting) {
                throw new IllegalStateException("as if the process had died here");
            }
            return Optional.empty();
        }

        @Override
        public boolean allAccept(RedisNodeSet set, Credentials credentials) {
            return true;
        }

        @Override
        public void care(RedisNodeSet set, Optional<Credentials> credentials) {}

        @Override
        public List<Node> look(RedisNodeSet set, Optional<Credentials> credentials) {
            return IntStream.range(0, set.getSpec().nodes())
                    .mapToObj(slot -> new Node("holdfast-default-" + slot, "address", State.Voting, null))
                    .toList();
        }
    }
}
