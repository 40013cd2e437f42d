package dev.holdfast.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.RealApiServer;
import dev.holdfast.operator.certificates.StoredCertificates.State;
import dev.holdfast.operator.certificates.WebhookCertificates.Place;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replicas and their Secret, on a real API server. */
@ExtendWith(RealApiServer.class)
class WebhookCertificatesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final KubernetesClient client;
    private final String namespace = "certificates-" + UUID.randomUUID();
    private final Place place = new Place(namespace, "holdfast-webhook", namespace);
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final InstantSource clock = now::get;

    WebhookCertificatesTest(KubernetesClient client) {
        this.client = client;
    }

    @BeforeEach
    void createNamespace() {
        RestrictedNamespace.create(client, namespace);
    }

    @AfterEach
    void deleteConfiguration() {
        client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(namespace)
                .delete();
    }

    @Test
    void replicasThatStartTogetherServeOneCertificate() throws Exception {
        // Given
        List<Replica> replicas = replicas(8);

        // When
        checkAllAtOnce(replicas);

        // Then
        assertThat(replicas).extracting(Replica::served).containsOnly(stored().server());
        assertThat(replicas).allSatisfy(replica -> assertThat(replica.told).hasSize(1));
        assertThat(stored().state(place.names(), NOW)).isEqualTo(new State.Good());
    }

    @Test
    void replicasThatRenewTogetherServeOneCertificate() throws Exception {
        // Given
        List<Replica> replicas = replicas(8);
        checkAllAtOnce(replicas);
        StoredCertificates first = stored();
        now.set(NOW.plus(Duration.ofDays(25)));

        // When
        checkAllAtOnce(replicas);

        // Then
        assertThat(replicas).extracting(Replica::served).containsOnly(stored().server());
        assertThat(replicas).allSatisfy(replica -> assertThat(replica.told).hasSize(2));
        assertThat(stored().leaf()).isNotEqualTo(first.leaf());
        assertThat(stored().authorities()).isEqualTo(first.authorities());
    }

    @Test
    void secondLookWritesNothing() {
        // Given
        createConfiguration();
        Replica replica = new Replica();
        replica.certificates.check();
        String secretVersion = secret().getMetadata().getResourceVersion();
        String configurationVersion = configuration().getMetadata().getResourceVersion();

        // When
        boolean complete = replica.certificates.check();

        // Then
        assertThat(complete).isTrue();
        assertThat(secret().getMetadata().getResourceVersion()).isEqualTo(secretVersion);
        assertThat(configuration().getMetadata().getResourceVersion()).isEqualTo(configurationVersion);
        assertThat(replica.told).hasSize(1);
    }

    @Test
    void damagedSecretIsReplacedAndKeepsWhatElseItHas() {
        // Given
        Replica replica = new Replica();
        replica.certificates.check();
        Map<String, String> data = new HashMap<>(secret().getData());
        data.put("tls.key", encoded("hunter2"));
        client.resource(new SecretBuilder(secret()).withData(data).build()).update();

        // When
        replica.certificates.check();

        // Then
        assertThat(stored().state(place.names(), NOW)).isEqualTo(new State.Good());
        assertThat(replica.served()).isEqualTo(stored().server());
        assertThat(secret().getMetadata().getLabels()).containsEntry("app.kubernetes.io/managed-by", "holdfast");
    }

    @Test
    void foreignSecretIsReplaced() {
        // Given
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("holdfast-webhook-certificate")
                        .endMetadata()
                        .addToStringData("password", "hunter2")
                        .build())
                .create();
        Replica replica = new Replica();

        // When
        replica.certificates.check();

        // Then
        assertThat(stored().state(place.names(), NOW)).isEqualTo(new State.Good());
        assertThat(replica.served()).isEqualTo(stored().server());
    }

    @Test
    void everyWebhookOfTheConfigurationLearnsTheAuthority() {
        // Given
        createConfiguration();
        Replica replica = new Replica();

        // When
        replica.certificates.check();

        // Then
        assertThat(configuration().getWebhooks())
                .hasSize(2)
                .allSatisfy(webhook ->
                        assertThat(webhook.getClientConfig().getCaBundle()).isEqualTo(encoded(stored().authorities())));
    }

    @Test
    void withoutAConfigurationACertificateIsServedAllTheSame() {
        // Given
        Replica replica = new Replica();
        assertThat(replica.certificates.ready()).isFalse();

        // When
        boolean complete = replica.certificates.check();

        // Then
        assertThat(complete).isFalse();
        assertThat(replica.certificates.ready()).isTrue();
    }

    @Test
    void configurationThatComesLaterIsNoticed() {
        // Given
        Replica replica = new Replica();
        try (WebhookCertificates certificates = replica.certificates) {
            certificates.start();
            await().until(certificates::ready);

            // When
            createConfiguration();

            // Then
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(configuration()
                                    .getWebhooks()
                                    .getFirst()
                                    .getClientConfig()
                                    .getCaBundle())
                            .isEqualTo(encoded(stored().authorities())));
        }
    }

    private List<Replica> replicas(int count) {
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replicas.add(new Replica());
        }
        return replicas;
    }

    private static void checkAllAtOnce(List<Replica> replicas) throws InterruptedException, ExecutionException {
        List<Callable<Boolean>> checks = replicas.stream()
                .map(replica -> (Callable<Boolean>) replica.certificates::check)
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> check : threads.invokeAll(checks)) {
                check.get();
            }
        }
    }

    private void createConfiguration() {
        var configuration = new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata();
        for (String name : List.of("inject.holdfast.dev", "other.holdfast.dev")) {
            configuration
                    .addNewWebhook()
                    .withName(name)
                    .withAdmissionReviewVersions("v1")
                    .withSideEffects("None")
                    .withNewClientConfig()
                    .withNewService()
                    .withName("holdfast-webhook")
                    .withNamespace(namespace)
                    .endService()
                    .endClientConfig()
                    .endWebhook();
        }
        client.resource(configuration.build()).create();
    }

    private MutatingWebhookConfiguration configuration() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(namespace)
                .require();
    }

    private Secret secret() {
        return client.secrets()
                .inNamespace(namespace)
                .withName("holdfast-webhook-certificate")
                .require();
    }

    private StoredCertificates stored() {
        return StoredCertificates.of(secret().getData().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new String(Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8))));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One operator's. */
    private final class Replica {
        final List<ServerCertificate> told = Collections.synchronizedList(new ArrayList<>());
        final WebhookCertificates certificates = new WebhookCertificates(client, place, clock, told::add);

        ServerCertificate served() {
            return told.getLast();
        }
    }
}
