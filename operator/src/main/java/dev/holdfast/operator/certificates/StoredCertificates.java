package dev.holdfast.operator.certificates;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The CA and the leaf as text, as they lie in the Secret.
 *
 * @param authorities the CA that signs, then one that signed before it and that other replicas may still serve
 */
record StoredCertificates(String authorities, String authorityKey, String leaf, String leafKey) {
    static final String AUTHORITIES = "ca.crt";
    static final String AUTHORITY_KEY = "ca.key";
    static final String LEAF = "tls.crt";
    static final String LEAF_KEY = "tls.key";

    /** A certificate is renewed when this part of its life is left. */
    private static final int PART_LEFT = 3;

    /** How stored certificates stand. */
    sealed interface State {
        record Good() implements State {}

        /** The CA is good, a new leaf is due. */
        record LeafDue(String reason) implements State {}

        /** All is good still, a new CA is due. */
        record AuthorityDue() implements State {}

        /** Not what this class wrote. */
        record Broken(String reason) implements State {}
    }

    /** @param purpose what the CA signs for, in a word or two */
    static StoredCertificates create(String purpose, List<String> names, Instant now) {
        return issue(Authority.create(purpose, now), names, now);
    }

    /** With what may be missing or wrong; {@link #state} tells. */
    static StoredCertificates of(Map<String, String> texts) {
        return new StoredCertificates(
                texts.getOrDefault(AUTHORITIES, ""),
                texts.getOrDefault(AUTHORITY_KEY, ""),
                texts.getOrDefault(LEAF, ""),
                texts.getOrDefault(LEAF_KEY, ""));
    }

    Map<String, String> texts() {
        return Map.of(AUTHORITIES, authorities, AUTHORITY_KEY, authorityKey, LEAF, leaf, LEAF_KEY, leafKey);
    }

    ServerCertificate server() {
        return new ServerCertificate(leaf, leafKey);
    }

    State state(List<String> names, Instant now) {
        try {
            Authority authority = authority();
            X509Certificate certificate = Pem.certificates(leaf).getFirst();
            if (authority.certificate().getBasicConstraints() < 0
                    || !CertificateFacts.isPair(authority.certificate(), authority.key())) {
                return new State.Broken("its CA and key do not belong together");
            }
            certificate.verify(authority.certificate().getPublicKey());
            if (!CertificateFacts.isPair(certificate, Pem.key(leafKey))) {
                return new State.Broken("its certificate and key do not belong together");
            }
            if (isDue(authority.certificate(), now)) {
                return new State.AuthorityDue();
            }
            if (!CertificateFacts.dnsNames(certificate).containsAll(names)) {
                return new State.LeafDue("it is for other names");
            }
            return isDue(certificate, now) ? new State.LeafDue("its end comes near") : new State.Good();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Not the message: parsers quote what they could not read.
            return new State.Broken("it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** A new leaf of the same CA. */
    StoredCertificates withNewLeaf(List<String> names, Instant now) {
        Authority authority = goodAuthority();
        StoredCertificates renewed = issue(authority, names, now);
        return new StoredCertificates(authorities, authorityKey, renewed.leaf, renewed.leafKey);
    }

    /** A new CA and leaf; the old CA stays trusted. */
    StoredCertificates withNewAuthority(String purpose, List<String> names, Instant now) {
        return create(purpose, names, now).trusting(Pem.write(goodAuthority().certificate()));
    }

    /** @param former PEM of certificates that signed before, for servers that present one of theirs still */
    StoredCertificates trusting(String former) {
        return new StoredCertificates(authorities + former, authorityKey, leaf, leafKey);
    }

    @Override
    public String toString() {
        return "StoredCertificates[CA, leaf and keys]";
    }

    private static StoredCertificates issue(Authority authority, List<String> names, Instant now) {
        Authority.Leaf leaf = authority.issue(names, now);
        return new StoredCertificates(
                Pem.write(authority.certificate()),
                Pem.write(authority.key()),
                Pem.write(leaf.certificate()),
                Pem.write(leaf.key()));
    }

    private Authority goodAuthority() {
        try {
            return authority();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("renewed before it was checked", e);
        }
    }

    private Authority authority() throws GeneralSecurityException {
        return new Authority(Pem.certificates(authorities).getFirst(), Pem.key(authorityKey));
    }

    private static boolean isDue(X509Certificate certificate, Instant now) {
        Instant start = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(start, end);
        return now.isBefore(start) || now.isAfter(end.minus(life.dividedBy(PART_LEFT)));
    }
}
