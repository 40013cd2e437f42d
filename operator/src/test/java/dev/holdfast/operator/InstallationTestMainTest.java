package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.InstallationTestMain.Finding;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What `helm test` finds, on a real API server with the chart's webhook and policies. */
@ExtendWith(RealApiServer.class)
class InstallationTestMainTest {

    @TempDir
    private Path directory;

    private ApiServer server;
    private TestNamespace namespace;
    private Chart chart;

    @BeforeEach
    void install(ApiServer given) {
        server = given;
        namespace = TestNamespace.create(server.client());
        chart = Chart.render(Map.of("watchNamespaces[0]", namespace.name()));
        chart.install(server.client());
    }

    @AfterEach
    void uninstall() {
        chart.uninstall(server.client());
    }

    @Test
    void allIsWellWhereTheOperatorAnswers() throws Exception {
        KubernetesClient client = server.client();
        client.resource(localService()).serverSideApply();
        try (OperatorProcess operator = OperatorProcess.start(
                server, directory, "holdfast-operator-1", Map.of("HOLDFAST_WATCH_NAMESPACES", namespace.name()))) {
            client.admissionRegistration()
                    .v1()
                    .mutatingWebhookConfigurations()
                    .withName("holdfast")
                    .edit(configuration -> {
                        configuration
                                .getWebhooks()
                                .getFirst()
                                .getClientConfig()
                                .getService()
                                .setPort(operator.webhookPort());
                        return configuration;
                    });

            // Until the API server knows the webhook's authority.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(problems()).allMatch(Optional::isEmpty));
            assertThat(findings()).hasSize(3);
            assertThat(client.pods().inNamespace(namespace.name()).list().getItems())
                    .isEmpty();
        } finally {
            client.resource(localService()).delete();
        }
    }

    @Test
    void aWebhookThatDoesNotAnswerIsFoundByThePolicy() {
        // Until the API server has taken the policy up.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(problems().getLast())
                        .hasValueSatisfying(problem -> assertThat(problem)
                                .contains(
                                        "this pod asks for a Holdfast sidecar",
                                        "kubectl -n holdfast-system get deployment")));
    }

    @Test
    void andWithoutThePolicyByThePodThatCouldBeMade() {
        chart.uninstall(server.client());

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(problems().getLast())
                        .hasValueSatisfying(problem ->
                                assertThat(problem).startsWith("a pod that asks for a sidecar is made without one")));
    }

    private List<Finding> findings() {
        return InstallationTestMain.look(server.client(), namespace.name(), Chart.NAMESPACE);
    }

    private List<Optional<String>> problems() {
        return findings().stream().map(Finding::problem).toList();
    }

    /** The API server finds this machine under the name that the certificate is for. */
    private static Service localService() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(Chart.NAMESPACE)
                .withName("holdfast-webhook")
                .endMetadata()
                .withNewSpec()
                .withType("ExternalName")
                .withExternalName("localhost")
                .endSpec()
                .build();
    }
}
