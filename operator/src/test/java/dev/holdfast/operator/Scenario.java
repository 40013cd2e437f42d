package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.webhook.HttpsClient;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A life of locks and node sets in which everything happens that an operator acts on. */
record Scenario(ApiServer server, TestNamespace namespace) {

    static void run(ApiServer server, TestNamespace namespace, Replica replica) throws Exception {
        Scenario scenario = new Scenario(server, namespace);
        scenario.everythingBecomesReady();
        scenario.oneHoldsThenAnother();
        scenario.aSecretIsLostAndAnotherIsSpoilt();
        scenario.aLockGetsAnotherLease();
        scenario.aNodeGetsAnotherTemplate();
        scenario.everythingIsTakenBack();
        scenario.podsAreAskedAbout(replica);
    }

    private void everythingBecomesReady() {
        server.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("login")
                        .withNamespace(namespace.name())
                        .endMetadata()
                        .addToStringData("username", "holdfast")
                        .addToStringData("password", "secret")
                        .build())
                .create();
        namespace.createNodeSet("elsewhere", "{external: {endpoints: ['redis:6379'], credentialsSecret: login}}");
        namespace.createNodeSet("durable", "{nodes: 1, storage: {size: 1Gi}}");
        namespace.createLock(
                "payments", "{exposure: {readinessGate: Holder, service: {ports: [{port: 80, targetPort: 8080}]}}}");
        namespace.createLock("orders", "{mode: Mutex, nodeSet: durable}");
        namespace.createLock("reports", "{nodeSet: elsewhere}");
        namespace.bringUpNodes();
        namespace.bringUpNodes("durable", 1);
        List.of("elsewhere", "durable", "default").forEach(set -> namespace.awaitNodeSet(set, "Ready", "Ready"));
        List.of("payments", "orders", "reports").forEach(lock -> namespace.awaitLock(lock, "Ready", "Ready"));
    }

    private void oneHoldsThenAnother() {
        TestPods pods = namespace.pods();
        TestWorkloads workloads = new TestWorkloads(server.client(), namespace.name());
        pods.create(
                "app-1",
                "10.1.1.1",
                "payments,orders",
                workloads.replicaSet(workloads.deployment("app", "payments", "replicas: 1", 1), 1),
                Map.of());
        pods.create(
                "app-2",
                "10.1.1.2",
                "payments",
                workloads.statefulSet("app", "payments", "replicas: 1", "app-1"),
                Map.of());
        pods.hold("app-1", "payments", 100);
        namespace.awaitHolder("payments", "app-1:100");
        pods.hold("app-2", "payments", 200);
        namespace.awaitHolder("payments", "app-2:200");
        await().atMost(SOON).until(() -> namespace.endpoints("payments").equals(List.of("10.1.1.2")));
        await().atMost(SOON).until(() -> pods.labelled("payments").equals(List.of("app-2")));
        await().atMost(SOON)
                .until(() -> pods.condition("app-1", "payments").getStatus().equals("False"));
    }

    private void aSecretIsLostAndAnotherIsSpoilt() {
        server.client()
                .secrets()
                .inNamespace(namespace.name())
                .withName("holdfast-default-credentials")
                .delete();
        await().atMost(SOON).until(() -> namespace.secret("holdfast-default-credentials") != null);
        server.client()
                .secrets()
                .inNamespace(namespace.name())
                .withName("holdfast-durable-access")
                .edit(secret -> {
                    secret.getData().put("users.acl", "");
                    return secret;
                });
        await().atMost(SOON)
                .until(() -> !Objects.requireNonNull(namespace.secret("holdfast-durable-access"))
                        .getData()
                        .getOrDefault("users.acl", "")
                        .isEmpty());
    }

    private void aLockGetsAnotherLease() {
        namespace.createLock("orders", "{mode: Mutex, nodeSet: durable, leaseDuration: 7s}");
        await().atMost(SOON)
                .until(() -> Objects.requireNonNull(namespace.configuration("orders"))
                        .contains("\"7s\""));
    }

    private void aNodeGetsAnotherTemplate() {
        server.client().resource(namespace.outdatedPodOf("holdfast-durable-0")).create();
        namespace.createNodeSet("durable", "{nodes: 1, storage: {size: 1Gi}, image: 'redis:7.2'}");
        await().atMost(SOON)
                .until(() -> server.client()
                        .apps()
                        .statefulSets()
                        .inNamespace(namespace.name())
                        .withName("holdfast-durable-0")
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage()
                        .equals("redis:7.2"));
        namespace.makeOutdated("holdfast-durable-0");
        await().atMost(SOON)
                .until(() -> server.audit().calls().stream()
                        .anyMatch(call -> call.resource().equals("pods/eviction")
                                && call.namespace().equals(namespace.name())));
    }

    private void everythingIsTakenBack() {
        namespace.createLock("payments", "{}");
        await().atMost(SOON).until(() -> !namespace.exists(Service.class, "payments"));
        await().atMost(SOON).until(() -> !namespace.exists(EndpointSlice.class, "payments-holder"));
        namespace.pods().delete("app-1");
        namespace.pods().delete("app-2");
        await().atMost(SOON).until(() -> !namespace.exists(RoleBinding.class, "holdfast-lock-payments"));
        namespace.awaitHolder("payments", "");
    }

    /** A lock that was not seen yet is asked for, and so is its node set. */
    private void podsAreAskedAbout(Replica replica) throws Exception {
        namespace.createLock("lonely", "{nodeSet: absent}");
        HttpsClient webhook = new HttpsClient(
                replica.webhookPort(), "holdfast-webhook." + Chart.NAMESPACE + ".svc", Webhooks.authority(server));
        for (String lock : List.of("lonely", "unknown")) {
            assertThat(webhook.post("/mutate", "application/json", Webhooks.review(namespace.name(), lock))
                            .status())
                    .isEqualTo(200);
        }
    }
}
