package dev.holdfast.operator.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** A certificate and key that somebody else made, judged as an API server will judge them. */
final class GivenCertificate {

    /** Keys that the server can use; API servers would take Ed25519 as well. */
    private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS =
            Map.of(PKCSObjectIdentifiers.rsaEncryption, "RSA", X9ObjectIdentifiers.id_ecPublicKey, "EC");

    private static final List<String> FOR_SERVERS = List.of("1.3.6.1.5.5.7.3.1", "2.5.29.37.0");

    /** Whether the pair can be served. */
    sealed interface Judgement {

        /**
         * Now.
         *
         * @param from when its life begins
         * @param until when its life ends
         */
        record Good(ServerCertificate certificate, Instant from, Instant until) implements Judgement {}

        /** Not now, or never; says why and quotes nothing of the key. */
        record Refused(String reason) implements Judgement {}
    }

    private GivenCertificate() {}

    /**
     * A key is PKCS #8, PKCS #1 or SEC 1, without a passphrase. The leaf comes first.
     *
     * @param name by which the API server asks
     */
    static Judgement judge(String chain, String key, String name, Instant now) {
        List<X509Certificate> certificates;
        try {
            certificates = Pem.certificates(chain);
        } catch (GeneralSecurityException _) {
            return new Judgement.Refused("tls.crt is not PEM of certificates");
        }
        try {
            X509Certificate leaf = certificates.getFirst();
            PrivateKey readable = key(key);
            if (!CertificateFacts.isPair(leaf, readable)) {
                return new Judgement.Refused("tls.crt and tls.key do not belong together");
            }
            List<String> faults = faults(leaf, name, now);
            return faults.isEmpty()
                    ? new Judgement.Good(
                            new ServerCertificate(
                                    certificates.stream().map(Pem::write).collect(Collectors.joining()),
                                    Pem.write(readable)),
                            leaf.getNotBefore().toInstant(),
                            leaf.getNotAfter().toInstant())
                    : new Judgement.Refused("the certificate " + String.join(", and ", faults));
        } catch (UnusableKey e) {
            return new Judgement.Refused("tls.key " + e.getMessage());
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // Not the message: parsers quote what they could not read.
            return new Judgement.Refused(
                    "tls.key cannot be read (" + e.getClass().getSimpleName() + ')');
        }
    }

    private static List<String> faults(X509Certificate leaf, String name, Instant now) throws GeneralSecurityException {
        List<String> faults = new ArrayList<>();
        var names = CertificateFacts.dnsNames(leaf);
        if (names.stream().noneMatch(pattern -> matches(pattern, name))) {
            faults.add("is not for " + name + ", by which the API server asks, but for "
                    + (names.isEmpty() ? "no DNS name" : String.join(", ", names)));
        }
        List<String> usages = leaf.getExtendedKeyUsage();
        if (usages != null && usages.stream().noneMatch(FOR_SERVERS::contains)) {
            faults.add("is not for servers (its extended key usage lacks serverAuth)");
        }
        Instant from = leaf.getNotBefore().toInstant();
        // Our clock may be behind that of whoever made it.
        if (now.plus(Authority.SKEW).isBefore(from)) {
            faults.add("begins at " + from);
        }
        Instant until = leaf.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            faults.add("ended at " + until);
        }
        return faults;
    }

    /** A star stands for the first label. */
    private static boolean matches(String pattern, String name) {
        String lower = pattern.toLowerCase(Locale.ROOT);
        return lower.equals(name)
                || (lower.startsWith("*.") && lower.substring(1).equals(name.substring(name.indexOf('.'))));
    }

    private static PrivateKey key(String text) throws UnusableKey, GeneralSecurityException, IOException {
        try (PEMParser blocks = new PEMParser(new StringReader(text))) {
            for (Object block = blocks.readObject(); block != null; block = blocks.readObject()) {
                switch (block) {
                    case PEMKeyPair pair -> {
                        return key(pair.getPrivateKeyInfo());
                    }
                    case PrivateKeyInfo info -> {
                        return key(info);
                    }
                    default -> {
                        // Such as the parameters of a curve, which some programs write before a key.
                    }
                }
            }
        }
        throw new UnusableKey("is not PEM of a private key without a passphrase");
    }

    private static PrivateKey key(PrivateKeyInfo info) throws UnusableKey, GeneralSecurityException, IOException {
        String algorithm = ALGORITHMS.get(info.getPrivateKeyAlgorithm().getAlgorithm());
        if (algorithm == null) {
            throw new UnusableKey("is neither of RSA nor of EC, which can be served");
        }
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    /** Says what is wrong with it. */
    private static final class UnusableKey extends Exception {
        private static final long serialVersionUID = 1;

        UnusableKey(String message) {
            super(message);
        }
    }
}
