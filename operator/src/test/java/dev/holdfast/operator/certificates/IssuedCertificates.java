package dev.holdfast.operator.certificates;

import java.time.Instant;
import java.util.List;

/** Real certificates for the server's tests: one CA, leaf after leaf. */
public final class IssuedCertificates {
    public static final String HOST = "holdfast-webhook.holdfast.svc";

    private final List<String> names = List.of(HOST);
    private final StoredCertificates stored = StoredCertificates.create("webhook", names, Instant.now());

    public String authority() {
        return stored.authorities();
    }

    public ServerCertificate first() {
        return stored.server();
    }

    /** Another leaf of the same CA. */
    public ServerCertificate renewed() {
        return stored.withNewLeaf(names, Instant.now()).server();
    }
}
