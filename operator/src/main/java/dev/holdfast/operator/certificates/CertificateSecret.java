package dev.holdfast.operator.certificates;

import dev.holdfast.operator.certificates.StoredCertificates.State;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Secret that all replicas share. Each may write it, and whoever comes second takes the first one's. */
final class CertificateSecret {
    static final String NAME = "holdfast-webhook-certificate";

    private static final Logger log = LoggerFactory.getLogger(CertificateSecret.class);
    private static final String PURPOSE = "webhook";
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int ATTEMPTS = 10;

    private final KubernetesClient client;
    private final String namespace;
    private final List<String> names;

    CertificateSecret(KubernetesClient client, String namespace, List<String> names) {
        this.client = client;
        this.namespace = namespace;
        this.names = List.copyOf(names);
    }

    /** Certificates that are good now: those that are there, or new ones that are now there. */
    StoredCertificates current(Instant now) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Secret secret =
                    client.secrets().inNamespace(namespace).withName(NAME).get();
            Optional<StoredCertificates> certificates = secret == null ? create(now) : renewed(secret, now);
            if (certificates.isPresent()) {
                return certificates.get();
            }
        }
        throw new IllegalStateException("Secret " + namespace + '/' + NAME + " keeps changing");
    }

    private Optional<StoredCertificates> create(Instant now) {
        StoredCertificates created = StoredCertificates.create(PURPOSE, names, now);
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .addToLabels("app.kubernetes.io/managed-by", "holdfast")
                .addToLabels("app.kubernetes.io/name", "holdfast-webhook")
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(encoded(created))
                .build();
        boolean ours = unlessOutrun(() -> client.resource(secret).create());
        if (ours) {
            log.atInfo().addKeyValue("secret", NAME).log("webhook certificates made");
        }
        return ours ? Optional.of(created) : Optional.empty();
    }

    private Optional<StoredCertificates> renewed(Secret secret, Instant now) {
        StoredCertificates stored = read(secret);
        return switch (stored.state(names, now)) {
            case State.Good _ -> Optional.of(stored);
            case State.LeafDue due -> {
                log.atInfo()
                        .addKeyValue("secret", NAME)
                        .addKeyValue("reason", due.reason())
                        .log("webhook certificate is renewed");
                yield replace(secret, stored.withNewLeaf(names, now));
            }
            case State.AuthorityDue _ -> {
                log.atInfo().addKeyValue("secret", NAME).log("webhook CA is renewed");
                yield replace(secret, stored.withNewAuthority(PURPOSE, names, now));
            }
            case State.Broken broken -> {
                log.atWarn()
                        .addKeyValue("secret", NAME)
                        .addKeyValue("reason", broken.reason())
                        .log("the webhook's Secret holds what Holdfast did not write; its content is replaced");
                yield replace(secret, StoredCertificates.create(PURPOSE, names, now));
            }
        };
    }

    private Optional<StoredCertificates> replace(Secret secret, StoredCertificates next) {
        // With the version that was read: the API server refuses it when another replica was faster.
        Secret edited = new SecretBuilder(secret).withData(encoded(next)).build();
        return unlessOutrun(() -> client.resource(edited)
                        .lockResourceVersion(secret.getMetadata().getResourceVersion())
                        .update())
                ? Optional.of(next)
                : Optional.empty();
    }

    private static boolean unlessOutrun(Runnable write) {
        try {
            write.run();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private static StoredCertificates read(Secret secret) {
        Map<String, String> texts = new HashMap<>();
        Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
                .forEach((key, value) ->
                        texts.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return StoredCertificates.of(texts);
    }

    private static Map<String, String> encoded(StoredCertificates certificates) {
        Map<String, String> data = new HashMap<>();
        certificates
                .texts()
                .forEach((key, text) ->
                        data.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return data;
    }
}
