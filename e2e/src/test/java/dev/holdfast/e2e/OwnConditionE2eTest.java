package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a workload that may publish its condition may do with that right, and what not; with the chart's own policy. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class OwnConditionE2eTest {

    private static final String WORKLOAD = """
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: app
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata:
              name: app
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: ClusterRole
              name: holdfast-sidecar
            subjects:
              - kind: ServiceAccount
                name: app
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: own
              annotations:
                holdfast.dev/locks: payments, reports
            spec:
              serviceAccountName: app
              schedulingGates:
                - name: holdfast.dev/never
              containers:
                - name: app
                  image: never-pulled
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: other
              annotations:
                holdfast.dev/locks: payments
            spec:
              serviceAccountName: app
              schedulingGates:
                - name: holdfast.dev/never
              containers:
                - name: app
                  image: never-pulled
            """;

    private final Installation installation;
    private final Kube kube;

    OwnConditionE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-policy");
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
        kube.apply(WORKLOAD);
    }

    @AfterAll
    void leave() {
        installation.close();
    }

    @ParameterizedTest
    @CsvSource({"payments, True", "payments, False", "reports, True"})
    void itsOwnConditionsOfItsOwnLocks(String lock, String status) {
        try (KubernetesClient workload = workload("own")) {
            assertThat(patch(workload, "own", condition("holdfast.dev/" + lock, status))
                            .code())
                    .isEqualTo(200);
        }
        Pod patched = kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName("own")
                .get();
        assertThat(Payments.condition(patched, "holdfast.dev/" + lock)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"status":{"conditions":[{"type":"holdfast.dev/ledger","status":"True"}]}} | the locks in its pod's annotation
                    {"status":{"conditions":[{"type":"Ready","status":"True"}]}} | conditions holdfast.dev/<lock> only
                    {"status":{"conditions":[{"type":"example.com/gate","status":"True"}]}} | conditions holdfast.dev/<lock> only
                    {"status":{"phase":"Succeeded"}} | no other field of its pod's status
                    {"status":{"podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}]}} | no other field of its pod's status
                    {"status":{"message":"hello"}} | no other field of its pod's status
                    {"metadata":{"labels":{"app":"payments"}}} | may not change its pod's metadata
                    {"metadata":{"annotations":{"holdfast.dev/locks":"payments, reports, ledger"}}} | may not change its pod's metadata
                    {"metadata":{"finalizers":["example.com/never"]}} | may not change its pod's metadata
                    """)
    void nothingElseOfItsOwnPod(String patch, String message) {
        try (KubernetesClient workload = workload("own")) {
            assertRefused(patch(workload, "own", patch), message);
        }
    }

    @Test
    void noOtherPod() {
        try (KubernetesClient workload = workload("other")) {
            assertRefused(patch(workload, "own", condition("holdfast.dev/payments", "True")), "its own pod only");
        }
    }

    @Test
    void nothingWithATokenOfNoPod() {
        try (KubernetesClient workload = with(new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(600L)
                .endSpec()
                .build())) {
            assertRefused(patch(workload, "own", condition("holdfast.dev/payments", "True")), "its own pod only");
        }
    }

    @Test
    void nothingBesidesStatus() {
        try (KubernetesClient workload = workload("own")) {
            assertThatThrownBy(() -> workload.pods()
                            .inNamespace(kube.namespace())
                            .withName("own")
                            .get())
                    .hasMessageContaining("cannot get resource");
        }
    }

    private static String condition(String type, String status) {
        return "{\"status\":{\"conditions\":[{\"type\":\"%s\",\"status\":\"%s\"}]}}".formatted(type, status);
    }

    /** As the sidecar does it: nothing is read first, which its right would not allow. */
    private HttpResponse<String> patch(KubernetesClient workload, String pod, String patch) {
        String uri = workload.getMasterUrl() + "api/v1/namespaces/" + kube.namespace() + "/pods/" + pod + "/status";
        return workload.getHttpClient()
                .sendAsync(
                        workload.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(uri)
                                .method("PATCH", "application/strategic-merge-patch+json", patch)
                                .build(),
                        String.class)
                .join();
    }

    private void assertRefused(HttpResponse<String> response, String message) {
        assertThat(response.code()).isEqualTo(403);
        assertThat(Kube.json(response.body()).path("message").asText()).contains(message);
    }

    /** A client with a token as the kubelet would mount it into a pod. */
    private KubernetesClient workload(String pod) {
        Pod bound =
                kube.client().pods().inNamespace(kube.namespace()).withName(pod).get();
        return with(new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(600L)
                .withNewBoundObjectRef(
                        "v1",
                        "Pod",
                        bound.getMetadata().getName(),
                        bound.getMetadata().getUid())
                .endSpec()
                .build());
    }

    private KubernetesClient with(TokenRequest request) {
        String token = kube.client()
                .serviceAccounts()
                .inNamespace(kube.namespace())
                .withName("app")
                .tokenRequest(request)
                .getStatus()
                .getToken();
        Config admin = Config.fromKubeconfig(installation.kubeconfig().toFile());
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(admin.getMasterUrl())
                        .withCaCertData(admin.getCaCertData())
                        .withOauthToken(token)
                        .build())
                .build();
    }
}
