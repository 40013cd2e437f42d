package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.RealApiServer;
import dev.holdfast.operator.certificates.RestrictedNamespace;
import dev.holdfast.operator.certificates.WebhookCertificates;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods as users create them: a real API server asks this webhook, by its Service's name and its own CA. */
@ExtendWith(RealApiServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InjectionOnApiServerTest {
    private static final String OPERATOR_NAMESPACE = "holdfast-system";
    private static final String SERVICE = "holdfast-webhook";
    private static final String CONFIGURATION = "holdfast";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> counted = Collections.synchronizedList(new ArrayList<>());
    private final KubernetesClient client;
    private final ClusterLocks locks;
    private final WebhookServer server;
    private final WebhookCertificates certificates;

    InjectionOnApiServerTest(KubernetesClient client) {
        this.client = client;
        this.locks = new ClusterLocks(client, Set.of());
        this.server = new WebhookServer(
                vertx,
                0,
                new AdmissionHandler(
                        Scenario.SETTINGS, locks, (decision, reason) -> counted.add(decision + ' ' + reason)));
        this.certificates = certificates();
    }

    @BeforeAll
    void install() {
        RestrictedNamespace.create(client, OPERATOR_NAMESPACE);
        locks.start();
        await().until(locks::ready);
        certificates.start();
        await().until(certificates::ready);
        createService();
        createConfiguration();
        awaitThatTheWebhookIsAsked();
    }

    @AfterAll
    void uninstall() {
        client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(CONFIGURATION)
                .delete();
        certificates.close();
        server.close();
        locks.close();
        vertx.close();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.operator.webhook.Scenario#injected")
    void podIsAcceptedWithItsSidecarWherePodsMustBeRestricted(Scenario scenario) {
        // Given
        String namespace = namespaceOf(scenario);
        counted.clear();

        // When
        Pod pod = client.resource(hardened(scenario)).inNamespace(namespace).create();

        // Then
        Container sidecar = pod.getSpec().getInitContainers().getFirst();
        assertThat(sidecar.getName()).isEqualTo("holdfast");
        assertThat(pod.getSpec().getContainers())
                .allSatisfy(container -> assertThat(container.getEnv())
                        .anyMatch(variable -> variable.getName().equals("HOLDFAST_URL")));
        // The second webhook of the configuration, and the first one again, found nothing to add.
        assertThat(counted).startsWith("inject opted-in").contains("skip already-injected");
        assertThat(counted.stream().filter("inject opted-in"::equals)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("denied")
    void creatorReadsWhyAPodIsDenied(Scenario scenario) {
        // Given
        String namespace = namespaceOf(scenario);

        // When
        KubernetesClientException failure = catchThrowableOfType(
                KubernetesClientException.class,
                () -> client.resource(hardened(scenario)).inNamespace(namespace).create());

        // Then
        assertThat(failure.getCode()).isEqualTo(403);
        assertThat(failure.getStatus().getMessage())
                .isEqualTo("admission webhook \"inject.holdfast.dev\" denied the request: "
                        + scenario.text("denied.txt").orElseThrow().replace("\"shop\"", '"' + namespace + '"'));
    }

    static Stream<Scenario> denied() {
        return Scenario.all().filter(scenario -> scenario.has("denied.txt"));
    }

    @Test
    void copyOfAnInjectedPodIsTakenAsItIs() {
        // Given
        Scenario scenario = scenario("deployment-pod");
        String namespace = namespaceOf(scenario);
        Pod first = client.resource(hardened(scenario)).inNamespace(namespace).create();

        // When
        Pod copy = client.resource(new PodBuilder(first)
                        .editMetadata()
                        .withName("copy")
                        .withResourceVersion(null)
                        .withUid(null)
                        .endMetadata()
                        .withStatus(null)
                        .build())
                .create();

        // Then
        assertThat(copy.getSpec()).isEqualTo(first.getSpec());
    }

    @Test
    void dryRunIsAnsweredLikeTheRealThing() {
        // Given
        Scenario scenario = scenario("mutex");
        String namespace = namespaceOf(scenario);

        // When
        Pod pod = client.resource(hardened(scenario))
                .inNamespace(namespace)
                .dryRun()
                .create();

        // Then
        assertThat(pod.getSpec().getInitContainers()).hasSize(1);
        assertThat(client.pods().inNamespace(namespace).list().getItems()).isEmpty();
    }

    @Test
    void podThatDoesNotAskIsNotTouched() {
        // Given
        Scenario scenario = scenario("opted-out");

        // When
        Pod pod = client.resource(hardened(scenario))
                .inNamespace(namespaceOf(scenario))
                .create();

        // Then
        assertThat(pod.getSpec().getInitContainers()).isEmpty();
    }

    @Test
    void newAuthorityIsTrustedAfterTheSecretWasDamaged() {
        // Given
        Scenario scenario = scenario("deployment-pod");
        String namespace = namespaceOf(scenario);
        var secret = client.secrets().inNamespace(OPERATOR_NAMESPACE).withName("holdfast-webhook-certificate");
        client.resource(new SecretBuilder(secret.require())
                        .addToData("ca.key", "")
                        .build())
                .update();

        // When
        try (WebhookCertificates restarted = certificates()) {
            restarted.start();
            await().until(restarted::ready);

            // Then
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(client.resource(hardened(scenario))
                                    .inNamespace(namespace)
                                    .create()
                                    .getSpec()
                                    .getInitContainers())
                            .hasSize(1));
        }
    }

    private WebhookCertificates certificates() {
        return new WebhookCertificates(
                client,
                new WebhookCertificates.Place(OPERATOR_NAMESPACE, SERVICE, CONFIGURATION),
                InstantSource.system(),
                certificate -> server.present(certificate.chain(), certificate.key()));
    }

    /** The API server finds this process under the name that the certificate is for. */
    private void createService() {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace(OPERATOR_NAMESPACE)
                        .withName(SERVICE)
                        .endMetadata()
                        .withNewSpec()
                        .withType("ExternalName")
                        .withExternalName("localhost")
                        .endSpec()
                        .build())
                .create();
    }

    /** Two webhooks, so that each pod is reviewed again after it was injected. */
    private void createConfiguration() {
        var configuration = new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(CONFIGURATION)
                .endMetadata();
        for (String name : List.of("inject.holdfast.dev", "second.holdfast.dev")) {
            configuration
                    .addNewWebhook()
                    .withName(name)
                    .withAdmissionReviewVersions("v1")
                    .withSideEffects("None")
                    .withFailurePolicy("Fail")
                    .withReinvocationPolicy("IfNeeded")
                    .withTimeoutSeconds(5)
                    .withNewObjectSelector()
                    .addToMatchLabels("holdfast.dev/inject", "true")
                    .endObjectSelector()
                    .addNewRule()
                    .withApiGroups("")
                    .withApiVersions("v1")
                    .withOperations("CREATE")
                    .withResources("pods")
                    .endRule()
                    .withNewClientConfig()
                    .withNewService()
                    .withNamespace(OPERATOR_NAMESPACE)
                    .withName(SERVICE)
                    .withPort(server.port())
                    .withPath("/mutate")
                    .endService()
                    .endClientConfig()
                    .endWebhook();
        }
        client.resource(configuration.build()).create();
    }

    private void awaitThatTheWebhookIsAsked() {
        Scenario scenario = scenario("bare-pod");
        String namespace = namespaceOf(scenario);
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> !client.resource(hardened(scenario))
                        .inNamespace(namespace)
                        .dryRun()
                        .create()
                        .getSpec()
                        .getInitContainers()
                        .isEmpty());
    }

    private static Scenario scenario(String name) {
        return new Scenario(Scenario.FOLDERS.resolve(name));
    }

    /** With the scenario's resources, and pods that come a moment after them. */
    private String namespaceOf(Scenario scenario) {
        String namespace = scenario + "-" + UUID.randomUUID().toString().substring(0, 8);
        RestrictedNamespace.create(client, namespace);
        // As text: what people leave out stays out.
        String resources = scenario.text("locks.yaml").orElseThrow();
        if (!resources.isEmpty()) {
            client.load(new ByteArrayInputStream(resources.getBytes(StandardCharsets.UTF_8)))
                    .inNamespace(namespace)
                    .create();
        }
        return namespace;
    }

    /** The scenario's pod with what Pod Security asks of the user's own part. */
    private static Pod hardened(Scenario scenario) {
        Pod pod = Objects.requireNonNull(Review.JSON.convertValue(scenario.pod(), Pod.class));
        return new PodBuilder(pod)
                .editSpec()
                // As the API server's own admission would, which is off in these tests.
                .withServiceAccountName(Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default"))
                .withContainers(pod.getSpec().getContainers().stream()
                        .map(InjectionOnApiServerTest::hardened)
                        .toList())
                .withInitContainers(pod.getSpec().getInitContainers().stream()
                        .map(InjectionOnApiServerTest::hardened)
                        .toList())
                .editOrNewSecurityContext()
                .withRunAsNonRoot(true)
                .editOrNewSeccompProfile()
                .withType("RuntimeDefault")
                .withLocalhostProfile(null)
                .endSeccompProfile()
                .endSecurityContext()
                .endSpec()
                .build();
    }

    private static Container hardened(Container container) {
        return new ContainerBuilder(container)
                .editOrNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .editOrNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .build();
    }
}
