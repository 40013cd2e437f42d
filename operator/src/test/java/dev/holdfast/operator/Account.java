package dev.holdfast.operator;

import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;

/** The operator's service account as its pod would use it: with a token, and no other right than the chart's. */
final class Account implements AutoCloseable {

    private static final String NAME = "holdfast-operator";

    private final ApiServer server;
    private final String agent = "operator-" + System.nanoTime();
    private final KubernetesClient client;

    Account(ApiServer server) {
        this.server = server;
        this.client = new KubernetesClientBuilder().withConfig(config(server)).build();
    }

    private Config config(ApiServer server) {
        return server.config()
                .withClientCertData(null)
                .withClientKeyData(null)
                .withClientCertFile(null)
                .withClientKeyFile(null)
                .withOauthToken(token(server.client()))
                .withUserAgent(agent)
                .build();
    }

    static String token(KubernetesClient administrator) {
        return administrator
                .serviceAccounts()
                .inNamespace(Chart.NAMESPACE)
                .withName(NAME)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
    }

    KubernetesClient client() {
        return client;
    }

    List<ApiCall> calls() {
        List<ApiCall> calls = server.audit().callsOfAgent(agent);
        if (calls.stream()
                .anyMatch(call -> !call.user().equals("system:serviceaccount:" + Chart.NAMESPACE + ':' + NAME))) {
            throw new AssertionError("called as somebody else");
        }
        return calls;
    }

    @Override
    public void close() {
        client.close();
    }
}
