package dev.holdfast.operator.certificates;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the webhook's certificate, and keeps it good, served and trusted, for as long as the operator runs. Thread-safe.
 */
public final class WebhookCertificates implements ServingCertificate {
    private static final Logger log = LoggerFactory.getLogger(WebhookCertificates.class);

    /** From one look to the next when all is well: another replica may have renewed. */
    private static final Duration PERIOD = Duration.ofMinutes(1);
    /** While something is missing, pods are created without being asked about. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final CertificateSecret secret;
    private final CaBundle bundle;
    private final InstantSource clock;
    private final Consumer<ServerCertificate> server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable ServerCertificate served;

    /**
     * Where things are.
     *
     * @param namespace the operator's
     * @param service the Service by which the API server reaches the webhook
     * @param configuration the MutatingWebhookConfiguration
     */
    public record Place(String namespace, String service, String configuration) {
        /** By which the API server asks. */
        public String name() {
            return service + '.' + namespace + ".svc";
        }

        List<String> names() {
            return List.of(name(), service + '.' + namespace, name() + ".cluster.local");
        }
    }

    /** @param server told of the first certificate and of each that replaces it, on a thread that may block */
    public WebhookCertificates(
            KubernetesClient client, Place place, InstantSource clock, Consumer<ServerCertificate> server) {
        this.secret = new CertificateSecret(client, place.namespace(), place.names());
        this.bundle = new CaBundle(client, place.configuration());
        this.clock = clock;
        this.server = server;
    }

    @Override
    public void start() {
        Thread.ofVirtual().name("webhook-certificates").start(this::run);
    }

    @Override
    public Optional<String> obstacle() {
        return served == null ? Optional.of("the webhook has no certificate yet") : Optional.empty();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            boolean last = false;
            while (!last) {
                last = closed.await(checkNow().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long until the next look. */
    private Duration checkNow() {
        try {
            return check() ? PERIOD : RETRY;
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("the webhook's certificates could not be checked; they are again soon");
            return RETRY;
        }
    }

    /** Whether nothing is missing. */
    boolean check() {
        StoredCertificates current = secret.current(clock.instant());
        boolean published = publish(current);
        ServerCertificate certificate = current.server();
        if (!certificate.equals(served)) {
            server.accept(certificate);
            served = certificate;
        }
        return published;
    }

    /** Before the certificate is served, so that a new CA is trusted first. Serving does not depend on it. */
    private boolean publish(StoredCertificates current) {
        try {
            return bundle.publish(current.authorities());
        } catch (RuntimeException e) {
            log.atWarn()
                    .addKeyValue("cause", String.valueOf(e.getMessage()))
                    .log("the webhook's CA could not be published; it is tried again soon");
            return false;
        }
    }
}
