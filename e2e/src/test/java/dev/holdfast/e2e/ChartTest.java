package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart by itself; no cluster is needed. */
class ChartTest {

    private static final String OWN = "holdfast-system";

    @Test
    void passesStrictLint() {
        var lint = new Helm(Project.CHART).lint().strict().call();

        assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
    }

    @Test
    void isOfTheProjectsVersion() throws IOException {
        var chart = Manifests.read(Files.readString(Project.CHART.resolve("Chart.yaml")))
                .getFirst();

        assertThat(chart.at("/version").asText()).isEqualTo(Project.VERSION);
        assertThat(chart.at("/appVersion").asText()).isEqualTo(Project.VERSION);
    }

    @Test
    void carriesTheDefinitionsOfTheResources() throws IOException {
        var carried = Project.CHART.resolve("files/crds");
        var names = yamlFiles(Project.CRDS);

        assertThat(yamlFiles(carried)).as("refresh: cp crds/*.yml %s", carried).isEqualTo(names);
        for (Path name : names) {
            assertThat(carried.resolve(name)).hasSameTextualContentAs(Project.CRDS.resolve(name));
        }
    }

    @Test
    void keepsTheDefinitionsWhenItIsUninstalled() {
        var manifests = Rendered.chart();

        assertThat(manifests.ofKind("CustomResourceDefinition"))
                .allSatisfy(crd -> assertThat(crd.at("/metadata/annotations/helm.sh~1resource-policy")
                                .asText())
                        .isEqualTo("keep"));
        assertThat(Rendered.chart("crds.enabled", "false").ofKind("CustomResourceDefinition"))
                .isEmpty();
    }

    @Test
    void tellsTheOperatorItsImagesAndNamespaces() {
        var values = Rendered.chart(
                "operator.image.repository", "registry.example/operator",
                "operator.image.digest", "sha256:" + "0".repeat(64),
                "sidecar.image.tag", "1.2.3",
                "watchNamespaces[0]", "a",
                "watchNamespaces[1]", "b");
        var container = values.the("Deployment", "holdfast-operator").at("/spec/template/spec/containers/0");

        assertThat(container.at("/image").asText()).isEqualTo("registry.example/operator@sha256:" + "0".repeat(64));
        assertThat(environment(container, "HOLDFAST_SIDECAR_IMAGE")).isEqualTo("ghcr.io/holdfast-dev/sidecar:1.2.3");
        assertThat(environment(container, "HOLDFAST_WATCH_NAMESPACES")).isEqualTo("a,b");
        assertThat(environment(container, "HOLDFAST_WEBHOOK_SERVICE")).isEqualTo("holdfast-webhook");
        assertThat(environment(container, "HOLDFAST_WEBHOOK_CONFIGURATION")).isEqualTo("holdfast");
    }

    @Test
    void meetsPodSecurityRestricted() {
        var pod = Rendered.chart().the("Deployment", "holdfast-operator").at("/spec/template/spec");
        var container = pod.at("/containers/0/securityContext");

        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(container.at("/allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.at("/readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    }

    @Test
    void givesTheOperatorRightsInWatchedNamespacesAlone() {
        var everywhere = Rendered.chart();
        var watched = Rendered.chart("watchNamespaces[0]", "a");

        assertThat(everywhere.names("ClusterRoleBinding")).contains("holdfast-operator");
        assertThat(watched.names("ClusterRoleBinding")).containsExactly("holdfast-operator-webhook");
        assertThat(watched.names("RoleBinding"))
                .containsExactlyInAnyOrder("holdfast-operator", "holdfast-operator-own");
        assertThat(watched.the("MutatingWebhookConfiguration", "holdfast")
                        .at("/webhooks/0/namespaceSelector/matchExpressions/1/values/0")
                        .asText())
                .isEqualTo("a");
    }

    @Test
    void asksForNoWildcardAndNobodyMayGiveMoreThanHeHas() {
        var roles = Stream.concat(
                        Rendered.chart().ofKind("ClusterRole").stream(), Rendered.chart().ofKind("Role").stream())
                .toList();

        assertThat(roles)
                .isNotEmpty()
                .allSatisfy(role -> assertThat(role.toString())
                        .doesNotContain("\"*\"", "\"bind\"", "\"escalate\"", "\"impersonate\""));
        assertThat(Rendered.chart()
                        .the("ClusterRole", "holdfast-sidecar")
                        .at("/rules")
                        .toString())
                .isEqualTo("[{\"apiGroups\":[\"\"],\"resources\":[\"pods/status\"],\"verbs\":[\"patch\"]}]");
    }

    @Test
    void neverInjectsIntoItsOwnNamespace() {
        var webhook =
                Rendered.chart().the("MutatingWebhookConfiguration", "holdfast").at("/webhooks/0");

        assertThat(webhook.at("/namespaceSelector/matchExpressions/0/values").toString())
                .isEqualTo("[\"kube-system\",\"" + OWN + "\"]");
        assertThat(webhook.at("/failurePolicy").asText()).isEqualTo("Ignore");
        assertThat(webhook.at("/objectSelector/matchLabels/holdfast.dev~1inject")
                        .asText())
                .isEqualTo("true");
    }

    @Test
    void guardsOneReplicaWithNoDisruptionBudget() {
        assertThat(Rendered.chart().names("PodDisruptionBudget")).containsExactly("holdfast-operator");
        assertThat(Rendered.chart("operator.replicas", "1").names("PodDisruptionBudget"))
                .isEmpty();
    }

    @Test
    void opensTheNetworkForTheOperatorOnRequest() {
        assertThat(Rendered.chart().names("NetworkPolicy")).isEmpty();

        var policy = Rendered.chart("operator.networkPolicy.enabled", "true").the("NetworkPolicy", "holdfast-operator");
        var operator = Rendered.chart().the("Deployment", "holdfast-operator");

        assertThat(policy.at("/spec/podSelector/matchLabels")).isEqualTo(operator.at("/spec/selector/matchLabels"));
        assertThat(policy.at("/spec/ingress/1").has("from")).isFalse();
        var ports = operator.at("/spec/template/spec/containers/0/ports").findValuesAsText("name");
        assertThat(policy.at("/spec/ingress").findValuesAsText("port")).isEqualTo(ports);
    }

    @Test
    void leavesPoliciesOutOnRequest() {
        var manifests = Rendered.chart(
                "policies.ownCondition.enabled", "false",
                "policies.injected.enabled", "false",
                "webhook.failurePolicy", "Fail",
                "policies.rolloutWarnings.enabled", "false",
                "policies.nodeSetInUse.enabled", "false");

        assertThat(manifests.names("ValidatingAdmissionPolicy")).isEmpty();
        assertThat(manifests.names("ValidatingAdmissionPolicyBinding")).isEmpty();
    }

    @Test
    void tellsTheOperatorWhatSidecarsAndTheDefaultNodeSetAreGiven() {
        JsonNode container = Rendered.chart(
                        "sidecar.resources.limits.cpu", "200m",
                        "defaultNodeSet.image", "registry.example/valkey:8",
                        "defaultNodeSet.imagePullSecrets[0].name", "registry")
                .the("Deployment", "holdfast-operator")
                .at("/spec/template/spec/containers/0");

        assertThat(Kube.json(environment(container, "HOLDFAST_SIDECAR_RESOURCES")))
                .isEqualTo(Kube.json("{\"requests\":{\"cpu\":\"10m\",\"memory\":\"96Mi\"},"
                        + "\"limits\":{\"cpu\":\"200m\",\"memory\":\"160Mi\"}}"));
        assertThat(Kube.json(environment(container, "HOLDFAST_DEFAULT_NODE_SET")))
                .isEqualTo(Kube.json(
                        "{\"image\":\"registry.example/valkey:8\",\"imagePullSecrets\":[{\"name\":\"registry\"}]}"));
    }

    /** As a parent chart's condition has it. */
    @Test
    void letsAParentChartTurnItOn() {
        assertThat(Rendered.chart("enabled", "true").names("Deployment")).contains("holdfast-operator");
    }

    @ParameterizedTest
    @CsvSource({
        "operator.replica, 3, replica",
        "operator.replicas, 0, replicas",
        "operator.replicas, many, replicas",
        "operator.image.pullPolicy, Sometimes, pullPolicy",
        "operator.image.repository, registry.example/operator:1.2.3, repository",
        "operator.image.repository, '', repository",
        "operator.image.tag, a tag, tag",
        "operator.logLevel, LOUD, logLevel",
        "operator.resources.limits.memory, 128 MB, memory",
        "operator.resources.limit.memory, 128Mi, limit",
        "operator.podDisruptionBudget, maybe, podDisruptionBudget",
        "operator.networkPolicy.enable, true, enable",
        "operator.networkPolicy.metricsFrom[0].podSelektor, a, podSelektor",
        "operator.networkPolicy.extraEgress[0].from, a, from",
        "operator.priorityClassName, Very High, priorityClassName",
        "operator.tolerations[0].effect, Never, effect",
        "operator.tolerations[0].kee, a, kee",
        "operator.affinity.podAfinity.a, b, podAfinity",
        "operator.topologySpreadConstraints[0].maxSkew, 1, topologyKey",
        "operator.podLabels.app\\.kubernetes\\.io/name, mine, app.kubernetes.io/name",
        "imagePullSecrets[0], A Secret, imagePullSecrets",
        "crds.enabled, perhaps, enabled",
        "crds.install, true, install",
        "webhook.timeoutSeconds, 31, timeoutSeconds",
        "policies.injected.enable, false, enable",
        "sidecar.image.digest, sha256:12, digest",
        "operator.secretsArriveWithin, soon, secretsArriveWithin",
        "webhook.failurePolicy, Retry, failurePolicy",
        "webhook.certificate.source, certmanager, source",
        "webhook.certificate.issuerRef.name, corporate, issuerRef",
        "webhook.certificate.certManager.issuer, corporate, issuer",
        "webhook.certificate.certManager.issuerRef.name, Not A Name, name",
        "webhook.certificate.certManager.issuerRef.kind, issuer, kind",
        "webhook.certificate.certManager.duration, 30d, duration",
        "webhook.certificate.secret.name, Mine, name",
        "webhook.certificate.secret.caBundle, TUlJQi4u, caBundle",
        "watchNamespaces[0], Not_A_Name, watchNamespaces",
        "policies.ownCondition.exemptServiceAccounts[0], no-namespace, exemptServiceAccounts",
        "sidecar.resources.limits.memory, 160 MB, memory",
        "sidecar.resources.memory, 160Mi, memory",
        "defaultNodeSet.tls, On, tls",
        "defaultNodeSet.nodes, 2, nodes",
        "defaultNodeSet.imagePullSecrets[0], registry, imagePullSecrets",
        "defaultNodeSet.maxLeaseDuration, long, maxLeaseDuration",
        "policies.injected.enabled, false, set webhook.failurePolicy to Fail",
        "watchNamespaces[0], holdfast-system, the release's own namespace",
        "nonsense, 1, nonsense",
    })
    void refusesAValueThatMeansNothing(String name, String value, String named) {
        assertThatThrownBy(() -> Rendered.chart(name, value)).hasMessageContaining(named);
    }

    private static String environment(JsonNode container, String name) {
        for (JsonNode variable : container.at("/env")) {
            if (variable.at("/name").asText().equals(name)) {
                return variable.at("/value").asText();
            }
        }
        return "(no " + name + ")";
    }

    private static List<Path> yamlFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(Path::getFileName)
                    .filter(file -> file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        }
    }
}
