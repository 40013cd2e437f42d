package dev.holdfast.operator.certificates;

import java.util.Optional;

/** The certificate that the webhook serves, and the one after it in time, from wherever they come. Thread-safe. */
public sealed interface ServingCertificate extends AutoCloseable permits MountedCertificate, WebhookCertificates {

    /** Returns at once; what fails is tried again until {@link #close}. */
    void start();

    /** What keeps the webhook from being served now, for people; empty: nothing. */
    Optional<String> obstacle();

    /** Whether a certificate is served that is good as far as is known here. */
    default boolean ready() {
        return obstacle().isEmpty();
    }

    @Override
    void close();
}
