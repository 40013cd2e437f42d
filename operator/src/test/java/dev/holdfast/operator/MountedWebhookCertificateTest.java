package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.certificates.MountedSecret;
import dev.holdfast.operator.certificates.OtherAuthority;
import dev.holdfast.operator.certificates.OtherAuthority.Leaf;
import dev.holdfast.operator.certificates.OtherAuthority.Wish;
import dev.holdfast.operator.webhook.HttpsClient;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica as a process whose certificate somebody else makes, with the rights that the chart gives it then. What cert-manager
 * and the kubelet would do is done here: files are swapped, and the CA is written into the webhook's configuration.
 */
@ExtendWith(RealApiServer.class)
class MountedWebhookCertificateTest {

    private static final String SERVICE = "holdfast-webhook";
    private static final String NAME = SERVICE + '.' + Chart.NAMESPACE + ".svc";
    private static final String USER = "system:serviceaccount:" + Chart.NAMESPACE + ":holdfast-operator";
    private static final int FORBIDDEN = 403;

    @TempDir
    private Path directory;

    private ApiServer server;
    private KubernetesClient client;
    private TestNamespace namespace;
    private Chart chart;
    private OtherAuthority authority;
    private MountedSecret secret;
    private OperatorProcess operator;
    private Instant began;

    @BeforeEach
    void start(ApiServer given) throws Exception {
        server = given;
        client = new KubernetesClientBuilder()
                // What failed would be tried again, and nobody would know.
                .withConfig(server.config().withRequestRetryBackoffLimit(0).build())
                .build();
        namespace = TestNamespace.create(server.client());
        chart = Chart.render(Map.of(
                "webhook.certificate.source", "CertManager",
                // A pod about which nobody could be asked is an error, and no pod without a sidecar.
                "webhook.failurePolicy", "Fail",
                "watchNamespaces[0]", namespace.name()));
        chart.install(server.client());
        server.client().resource(localService()).serverSideApply();
        authority = OtherAuthority.create();
        secret = new MountedSecret(directory.resolve("certificate"));
        began = Instant.now();
        operator = OperatorProcess.start(
                server,
                directory,
                "holdfast-operator-1",
                Map.of(
                        "HOLDFAST_WEBHOOK_CERTIFICATE",
                        secret.directory().toString(),
                        "HOLDFAST_WATCH_NAMESPACES",
                        namespace.name()));
        editWebhook(webhook -> webhook.getService().setPort(operator.webhookPort()));
    }

    @AfterEach
    void stop() {
        operator.close();
        client.close();
        server.client()
                .services()
                .inNamespace(Chart.NAMESPACE)
                .withName(SERVICE)
                .delete();
        chart.uninstall(server.client());
    }

    /** The API server finds this machine under the name that the certificate is for. */
    private static Service localService() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(Chart.NAMESPACE)
                .withName(SERVICE)
                .endMetadata()
                .withNewSpec()
                .withType("ExternalName")
                .withExternalName("localhost")
                .endSpec()
                .build();
    }

    private void editWebhook(Consumer<WebhookClientConfig> edit) {
        server.client()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName("holdfast")
                .edit(configuration -> {
                    configuration.getWebhooks().forEach(webhook -> edit.accept(webhook.getClientConfig()));
                    return configuration;
                });
    }

    /** As cert-manager's cainjector does. */
    private void trust(OtherAuthority trusted) {
        String bundle = Base64.getEncoder().encodeToString(trusted.pem().getBytes(StandardCharsets.UTF_8));
        editWebhook(webhook -> webhook.setCaBundle(bundle));
    }

    private Leaf mount(OtherAuthority signer) throws Exception {
        Leaf leaf = signer.issue(Wish.of(NAME));
        secret.put(leaf);
        return leaf;
    }

    private X509Certificate presented() throws Exception {
        return new HttpsClient(operator.webhookPort(), NAME, authority.pem()).presented();
    }

    private void awaitServed(Leaf leaf) {
        await().atMost(SOON).untilAsserted(() -> assertThat(presented()).isEqualTo(leaf.certificate()));
    }

    /** Ready, trusted, and with a lock that pods may name. */
    private Leaf serve() throws Exception {
        namespace.createLock("payments", "{}");
        Leaf leaf = mount(authority);
        trust(authority);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(operator.answers("/readyz"))
                        .as(operator.log())
                        .isTrue());
        await().atMost(SOON).ignoreExceptions().untilAsserted(this::assertThatAPodIsInjected);
        return leaf;
    }

    private void assertThatAPodIsInjected() {
        Pod pod = client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("app")
                        .withNamespace(namespace.name())
                        .addToLabels("holdfast.dev/inject", "true")
                        .addToAnnotations("holdfast.dev/locks", "payments")
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName("default")
                        .addNewContainer()
                        .withName("app")
                        .withImage("app")
                        .endContainer()
                        .endSpec()
                        .build())
                .dryRun()
                .create();
        assertThat(pod.getSpec().getInitContainers())
                .extracting(Container::getName)
                .containsExactly("holdfast");
    }

    @Test
    void itReconcilesAndSaysWhatIsMissingUntilThereIsACertificate() throws Exception {
        String missing = "tls.crt is missing in " + secret.directory();
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(operator.leads()).as(operator.log()).isTrue());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(operator.body("/readyz"))
                        .isEqualTo("not ready: the webhook has no certificate: " + missing + "\n"));
        assertThat(operator.answers("/readyz")).isFalse();
        assertThat(operator.log().lines())
                .filteredOn(line -> line.contains("\"level\":\"WARN\"") && line.contains(missing))
                .hasSize(1);

        serve();

        assertThatAPodIsInjected();
    }

    /** The CA's own certificate is renewed as well, with its key: replicas get what it signed later than the API server gets it. */
    @Test
    void noPodIsRefusedWhileLeafAndAuthorityAreRenewed() throws Exception {
        serve();
        OtherAuthority renewed = authority.renewed();
        try (PodsWithoutPause pods = PodsWithoutPause.start(this::assertThatAPodIsInjected)) {
            awaitServed(mount(authority));
            assertThatNoneIsRefused(pods);

            trust(renewed);
            assertThatNoneIsRefused(pods);
            awaitServed(mount(renewed));
            assertThatNoneIsRefused(pods);

            awaitServed(mount(renewed));
            assertThatNoneIsRefused(pods);
        }
    }

    private static void assertThatNoneIsRefused(PodsWithoutPause pods) {
        pods.awaitMore(20);
        assertThat(pods.failures()).isEmpty();
    }

    interface Spoiling {
        void spoil(MountedSecret secret, OtherAuthority authority) throws Exception;
    }

    record Spoilt(String what, Spoiling spoiling, String said) {}

    private static List<Spoilt> spoilt() {
        Instant now = Instant.now();
        return List.of(
                new Spoilt(
                        "another name",
                        (secret, authority) -> secret.put(authority.issue(Wish.of("webhook.example"))),
                        "the certificate is not for " + NAME
                                + ", by which the API server asks, but for webhook.example"),
                new Spoilt(
                        "one that has ended",
                        (secret, authority) -> secret.put(authority.issue(
                                Wish.of(NAME).during(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1))))),
                        "the certificate ended at "),
                new Spoilt(
                        "another key",
                        (secret, authority) -> secret.put(Map.of(
                                "tls.crt", authority.issue(Wish.of(NAME)).chain(),
                                "tls.key", authority.issue(Wish.of(NAME)).pem())),
                        "tls.crt and tls.key do not belong together"),
                new Spoilt(
                        "nothing that can be read",
                        (secret, _) -> secret.put(Map.of("tls.crt", "nothing", "tls.key", "nothing")),
                        "tls.crt is not PEM of certificates"),
                new Spoilt(
                        "a Secret that lost its key",
                        (secret, authority) -> secret.put(
                                Map.of("tls.crt", authority.issue(Wish.of(NAME)).chain())),
                        "tls.key is missing in "));
    }

    @Test
    void whatCannotBeServedIsSaidOnceAndTheLastGoodOneIsServedOn() throws Exception {
        Leaf good = serve();
        for (Spoilt spoilt : spoilt()) {
            spoilt.spoiling().spoil(secret, authority);

            await(spoilt.what()).atMost(SOON).until(() -> lines(spoilt.said()) > 0);
            assertThat(presented()).as(spoilt.what()).isEqualTo(good.certificate());
            assertThat(operator.answers("/readyz")).as(spoilt.what()).isTrue();
            assertThatAPodIsInjected();
            assertThat(operator.log().lines().filter(line -> line.contains(spoilt.said())))
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line).contains("the last good one is served on"));
        }
        awaitServed(mount(authority));
    }

    private long lines(String said) {
        return operator.log().lines().filter(line -> line.contains(said)).count();
    }

    @Test
    void itNeedsAndHasNoRightToSecretsOfItsOwnNamespaceOrToTheWebhooksConfiguration() throws Exception {
        serve();
        await().atMost(SOON).until(operator::leads);
        namespace.bringUpNodes();
        awaitServed(mount(authority));

        List<ApiCall> calls = server.audit().callsOfUser(USER).stream()
                .filter(call -> call.at().isAfter(began))
                .toList();
        assertThat(calls)
                .anyMatch(call -> call.resource().equals("secrets"))
                .noneMatch(call -> call.status() == FORBIDDEN)
                .noneMatch(call -> call.resource().equals("mutatingwebhookconfigurations"))
                .noneMatch(call ->
                        call.resource().equals("secrets") && !call.namespace().equals(namespace.name()));
        assertThat(chart.rightsOf("holdfast-operator-webhook")).isEmpty();
        assertThat(chart.rightsOf("holdfast-operator-own"))
                .isNotEmpty()
                .allMatch(right -> right.resource().equals("leases"));
    }
}
