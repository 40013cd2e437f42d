package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is deleted while it is used, with the chart's policies and the whole operator. */
@ExtendWith(RealApiServer.class)
class DeletionsTest {

    private static List<String> holders(TestNamespace namespace) {
        return namespace.pods().labelled("payments");
    }

    private static void holdPayments(TestNamespace namespace) {
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        namespace.pods().create("app-1", "10.1.1.1", "payments");
        namespace.pods().hold("app-1", "payments", 100);
        namespace.awaitHolder("payments", "app-1:100");
        await().atMost(SOON).until(() -> holders(namespace).equals(List.of("app-1")));
    }

    @Test
    void aNodeSetInUseStays(ApiServer server) throws Exception {
        Chart chart = Chart.render();
        chart.install(server.client());
        TestNamespace namespace = TestNamespace.create(server.client());
        try (Loops _ = Loops.start(server, namespace)) {
            namespace.createLock("payments", "{}");
            namespace.createLock("reports", "{}");
            await().atMost(SOON)
                    .until(() -> namespace.nodeSet("default") != null
                            && namespace
                                    .nodeSetCondition("default", "InUse")
                                    .getMessage()
                                    .equals("locks payments, reports vote on it"));
            // The API server takes a moment to know a policy.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThatThrownBy(() -> server.client()
                                    .resource(namespace.nodeSet("default"))
                                    .dryRun()
                                    .delete())
                            .hasMessageContaining("votes on RedisNodeSet default"));
            assertThatThrownBy(() -> server.client()
                            .resource(namespace.nodeSet("default"))
                            .delete())
                    .hasMessageContaining("its condition InUse names such locks");

            server.client().resource(namespace.lock("payments")).delete();
            server.client().resource(namespace.lock("reports")).delete();

            namespace.awaitNodeSet("default", "InUse", "NoLock");
            await().atMost(SOON)
                    .untilAsserted(() -> server.client()
                            .resource(namespace.nodeSet("default"))
                            .delete());
        } finally {
            chart.uninstall(server.client());
        }
    }

    @Test
    void aDeletedLocksHolderIsLabelledNoMoreAndShownAgainWhenItIsBack(ApiServer server) throws Exception {
        Chart chart = Chart.render();
        chart.install(server.client());
        TestNamespace namespace = TestNamespace.create(server.client());
        OperatorConfig config = Replicas.config(Set.of(namespace.name()));
        try {
            try (Replica replica = new Replica(config, server.client(), new FakeNodes(_ -> ""))) {
                replica.start();
                await().atMost(SOON).until(replica::isReady);
                holdPayments(namespace);

                server.client().resource(namespace.lock("payments")).delete();

                await().atMost(SOON).until(() -> holders(namespace).isEmpty());

                namespace.createLock("payments", "{}");

                namespace.awaitHolder("payments", "app-1:100");
                await().atMost(SOON).until(() -> holders(namespace).equals(List.of("app-1")));
            }
            // While no operator looks.
            server.client().resource(namespace.lock("payments")).delete();
            try (Replica replica = new Replica(config, server.client(), new FakeNodes(_ -> ""))) {
                replica.start();

                await().atMost(SOON).until(() -> holders(namespace).isEmpty());
            }
        } finally {
            chart.uninstall(server.client());
        }
    }

    @Test
    void onlyInjectedPodsAndTheOperatorReachNodes(ApiServer server) {
        TestNamespace namespace = TestNamespace.create(server.client());
        try (Loops _ = Loops.start(server, namespace)) {
            namespace.createNodeSet("default", "{}");
            await().atMost(SOON).until(() -> namespace.exists(NetworkPolicy.class, "holdfast-default"));

            var policy = namespace.list(NetworkPolicy.class).getFirst().getSpec();

            assertThat(policy.getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
            assertThat(policy.getEgress()).isEmpty();
            assertThat(policy.getIngress()).singleElement().satisfies(rule -> {
                assertThat(rule.getPorts())
                        .extracting(port -> port.getPort().getIntVal())
                        .containsExactly(6379);
                assertThat(rule.getFrom()).hasSize(2);
                assertThat(rule.getFrom().getFirst().getPodSelector().getMatchLabels())
                        .containsOnlyKeys("holdfast.dev/inject");
                assertThat(rule.getFrom().getLast().getNamespaceSelector().getMatchLabels())
                        .containsEntry("kubernetes.io/metadata.name", "holdfast-system");
            });
        }
    }
}
