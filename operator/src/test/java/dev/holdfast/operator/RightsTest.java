package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.DistributedLock;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator with exactly the rights that the chart gives it, on an API server that enforces them. */
@ExtendWith(RealApiServer.class)
class RightsTest {

    private static final int FORBIDDEN = 403;

    /** What the API server looks up by itself, while it is asked for something else. */
    private static final Map<Right, String> ASKED_BY_THE_API_SERVER = Map.of(
            new Right("update", "holdfast.dev", "distributedlocks/finalizers"),
            "when an owner reference blocks the deletion of a lock",
            new Right("update", "holdfast.dev", "redisnodesets/finalizers"),
            "when an owner reference blocks the deletion of a node set");

    @Test
    void theRightsOfEverywhereAreEnough(ApiServer server) throws Exception {
        Chart chart = Chart.render();
        chart.install(server.client());
        try (Account account = new Account(server);
                Replica replica = new Replica(Replicas.config(Set.of()), account.client(), new FakeNodes(_ -> ""))) {
            replica.start();
            await().atMost(SOON).until(replica::isReady);
            Scenario.run(server, TestNamespace.create(server.client()), replica);

            assertThat(account.calls()).noneMatch(call -> call.status() == FORBIDDEN);
        } finally {
            chart.uninstall(server.client());
        }
    }

    private static void spoilTheCertificate(ApiServer server) {
        server.client()
                .secrets()
                .inNamespace(Chart.NAMESPACE)
                .withName("holdfast-webhook-certificate")
                .edit(secret -> {
                    secret.getData().put("tls.crt", "");
                    return secret;
                });
    }

    /** Of calls in a namespace; of a Role's or ClusterRole's rights those that none of them needed. */
    private static Set<Right> leftOver(Chart chart, String role, List<ApiCall> calls, String namespace) {
        Set<Right> rights = chart.rightsOf(role);
        calls.stream()
                .filter(call -> call.namespace().equals(namespace))
                .flatMap(Right::neededFor)
                .forEach(rights::remove);
        return rights;
    }

    @Test
    void theRightsOfOneNamespaceAreEnoughAndEndThereAndNoneIsLeftOver(ApiServer server) throws Exception {
        TestNamespace watched = TestNamespace.create(server.client());
        TestNamespace other = TestNamespace.create(server.client());
        Chart chart = Chart.render(watched.name());
        chart.install(server.client());
        OperatorConfig config = Replicas.config(Set.of(watched.name()));
        try (Account account = new Account(server)) {
            try (Replica first = new Replica(config, account.client(), new FakeNodes(_ -> ""))) {
                first.start();
                await().atMost(SOON).until(first::isReady);
            }
            spoilTheCertificate(server);
            try (Replica next = new Replica(config, account.client(), new FakeNodes(_ -> ""))) {
                next.start();
                await().atMost(SOON).until(next::isReady);
                other.createLock("elsewhere", "{}");
                Scenario.run(server, watched, next);
            }

            assertThat(account.calls()).noneMatch(call -> call.status() == FORBIDDEN);
            assertThat(account.calls())
                    .extracting(ApiCall::namespace)
                    .containsOnly(watched.name(), Chart.NAMESPACE, "");
            assertThat(account.calls())
                    .filteredOn(call -> call.namespace().isEmpty())
                    .extracting(ApiCall::resource)
                    .containsOnly("mutatingwebhookconfigurations");
            assertThat(leftOver(chart, "holdfast-operator", account.calls(), watched.name()))
                    .isEqualTo(ASKED_BY_THE_API_SERVER.keySet());
            assertThat(leftOver(chart, "holdfast-operator-own", account.calls(), Chart.NAMESPACE))
                    .isEmpty();
            assertThat(leftOver(chart, "holdfast-operator-webhook", account.calls(), ""))
                    .isEmpty();
            assertThat(other.status("elsewhere")).isEmpty();
            for (Class<? extends HasMetadata> kind :
                    List.of(DistributedLock.class, io.fabric8.kubernetes.api.model.Secret.class, EndpointSlice.class)) {
                assertThat(refusal(() -> account.client()
                                .resources(kind)
                                .inNamespace(other.name())
                                .list()))
                        .isEqualTo(FORBIDDEN);
            }
        } finally {
            chart.uninstall(server.client());
        }
    }

    /** So the exceptions are needed too; and what a binding gives must be the operator's own. */
    @ParameterizedTest
    @ValueSource(strings = {"distributedlocks/finalizers", "redisnodesets/finalizers", "pods/status"})
    void withoutWhatTheApiServerLooksUpABindingIsRefused(String resource, ApiServer server) {
        TestNamespace namespace = TestNamespace.create(server.client());
        Chart whole = Chart.render();
        whole.install(server.client());
        try (Account account = new Account(server)) {
            namespace.createLock("payments", "{}");
            namespace.createNodeSet("default", "{}");
            HasMetadata owner =
                    resource.startsWith("redis") ? namespace.nodeSet("default") : namespace.lock("payments");
            assertThat(refusal(() -> bind(account, owner))).isZero();

            for (ClusterRole role : whole.ofKind(ClusterRole.class)) {
                if (role.getMetadata().getName().equals("holdfast-operator")) {
                    role.getRules().forEach(rule -> rule.getResources().remove(resource));
                    role.getRules().removeIf(rule -> rule.getResources().isEmpty());
                    server.client().resource(role).update();
                }
            }

            await().atMost(SOON).until(() -> refusal(() -> bind(account, owner)) == FORBIDDEN);
        } finally {
            whole.uninstall(server.client());
        }
    }

    private static void bind(Account account, HasMetadata owner) {
        account.client().resource(binding(owner)).dryRun().create();
    }

    private static RoleBinding binding(HasMetadata owner) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName("binding")
                .withNamespace(owner.getMetadata().getNamespace())
                .addNewOwnerReference()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withBlockOwnerDeletion(true)
                .endOwnerReference()
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "holdfast-sidecar")
                .addNewSubject(
                        "", "ServiceAccount", "default", owner.getMetadata().getNamespace())
                .build();
    }

    private static int refusal(Runnable call) {
        KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, call::run);
        return refusal == null ? 0 : refusal.getCode();
    }
}
