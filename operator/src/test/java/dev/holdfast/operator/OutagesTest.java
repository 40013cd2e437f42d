package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.DistributedLock;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator or the API server is away for as long as it likes; after it all is as if it had not been. */
@ExtendWith(RealApiServer.class)
class OutagesTest {

    /** Longer than a lease, and for requests that hang. */
    private static final Duration LONG = Duration.ofSeconds(90);

    private static final List<Class<? extends HasMetadata>> OF_A_LOCK =
            List.of(ConfigMap.class, Service.class, EndpointSlice.class, RoleBinding.class);

    @ParameterizedTest
    @EnumSource(
            value = CutLine.State.class,
            names = {"CUT", "SILENT"})
    void whatChangedWhileTheApiServerWasAwayIsActedOnWithoutARestart(CutLine.State outage, ApiServer server)
            throws Exception {
        // Given
        Chart chart = Chart.render();
        chart.install(server.client());
        TestNamespace namespace = TestNamespace.create(server.client());
        try (CutLine line = new CutLine(
                        URI.create(server.config().build().getMasterUrl()).getPort());
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(server.config()
                                .withMasterUrl("https://127.0.0.1:" + line.port())
                                .build())
                        .build();
                Replica replica = new Replica(
                        Replicas.config(Set.of(namespace.name())), client, new FakeNodes(_ -> "Admitting"))) {
            replica.start();
            namespace.createLock("payments", "{}");
            namespace.bringUpNodes();
            TestPods pods = namespace.pods();
            pods.create("app-1", "10.1.1.1", "payments");
            pods.create("app-2", "10.1.1.2", "payments");
            pods.hold("app-1", "payments", 100);
            namespace.awaitHolder("payments", "app-1:100");

            // When
            line.become(outage);
            await().atMost(LONG).until(() -> !replica.isLeading());
            pods.delete("app-1");
            pods.hold("app-2", "payments", 200);
            namespace.createLock("orders", "{nodeSet: absent}");
            line.become(CutLine.State.WHOLE);

            // Then
            await().atMost(LONG).until(replica::isLeading);
            await().atMost(LONG).until(() -> namespace.holderOf("payments"), "app-2:200"::equals);
            namespace.awaitLock("orders", "Ready", "NodeSetMissing");
            assertThat(replica.isReady()).isTrue();
        } finally {
            chart.uninstall(server.client());
        }
    }

    @Test
    void whatChangedWhileTheOperatorWasAwayIsRightAfterItsStart(ApiServer server) {
        // Given
        TestNamespace namespace = TestNamespace.create(server.client());
        TestPods pods = namespace.pods();
        try (Loops loops = Loops.start(server, namespace)) {
            List.of("vanished", "superseded", "quiet").forEach(lock -> namespace.createLock(lock, "{}"));
            namespace.bringUpNodes();
            pods.create("app-1", "10.1.1.1", "vanished,superseded,quiet");
            pods.create("app-2", "10.1.1.2", "superseded,quiet");
            pods.create("app-3", "10.1.1.3", "vanished");
            pods.hold("app-3", "vanished", 10);
            pods.hold("app-1", "superseded", 20);
            pods.hold("app-1", "quiet", 30);
            namespace.awaitHolder("vanished", "app-3:10");
            namespace.awaitHolder("superseded", "app-1:20");
            namespace.awaitHolder("quiet", "app-1:30");
            assertThat(loops.nodes.admitted).hasSize(1);
        }

        // When
        pods.delete("app-3");
        pods.hold("app-2", "superseded", 21);

        // Then
        try (Loops again = Loops.start(server, namespace)) {
            namespace.awaitHolder("vanished", "");
            namespace.awaitHolder("superseded", "app-2:21");
            await().atMost(SOON)
                    .until(() ->
                            pods.condition("app-1", "superseded").getStatus().equals("False"));
            await().atMost(SOON).until(() -> pods.labelled("superseded").equals(List.of("app-2")));
            assertThat(namespace.holderOf("quiet")).isEqualTo("app-1:30");
            assertThat(again.nodes.admitted).isEmpty();
        }
    }

    @Test
    void aLockThatWasDeletedAndMadeAgainMeanwhileHasItsObjectsAgain(ApiServer server) {
        // Given
        TestNamespace namespace = TestNamespace.create(server.client());
        String spec = "{exposure: {service: {ports: [{port: 80}]}}}";
        try (Loops _ = Loops.start(server, namespace)) {
            namespace.createLock("payments", spec);
            namespace.bringUpNodes();
            namespace.pods().create("app-1", "10.1.1.1", "payments");
            namespace.pods().hold("app-1", "payments", 100);
            namespace.awaitHolder("payments", "app-1:100");
            await().atMost(SOON).until(() -> owned(namespace).size() == OF_A_LOCK.size());
        }
        DistributedLock before = namespace.lock("payments");

        // When
        server.client().resource(before).delete();
        await().atMost(SOON).until(() -> !namespace.exists(DistributedLock.class, "payments"));
        namespace.createLock("payments", spec);

        // Then
        try (Loops _ = Loops.start(server, namespace)) {
            namespace.awaitHolder("payments", "app-1:100");
            collectWhatOnlyBelongsTo(before, namespace);
            String uid = namespace.lock("payments").getMetadata().getUid();
            await().atMost(SOON)
                    .until(() -> owned(namespace).stream()
                                    .filter(object -> owners(object).contains(uid))
                                    .count()
                            == OF_A_LOCK.size());
            namespace.awaitLock("payments", "Ready", "Ready");
        }
    }

    private static List<HasMetadata> owned(TestNamespace namespace) {
        return OF_A_LOCK.stream()
                .<HasMetadata>flatMap(kind -> namespace.list(kind).stream())
                .filter(object -> object.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getKind().equals("DistributedLock")))
                .toList();
    }

    private static List<String> owners(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getUid)
                .toList();
    }

    /** As the garbage collector does, which does not run here. */
    private static void collectWhatOnlyBelongsTo(HasMetadata gone, TestNamespace namespace) {
        Stream.of(owned(namespace))
                .flatMap(List::stream)
                .filter(object ->
                        owners(object).equals(List.of(gone.getMetadata().getUid())))
                .forEach(object -> namespace.client().resource(object).delete());
    }
}
