package dev.holdfast.operator.certificates;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/** What can be said of a certificate by looking at it. */
final class CertificateFacts {
    private static final int DNS_NAME = 2;

    private CertificateFacts() {}

    /** Whether a key is that of a certificate; of RSA or EC. */
    static boolean isPair(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] content = {1};
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(key);
        signature.update(content);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(content);
        return signature.verify(signed);
    }

    /** For which DNS names it is, as it writes them. */
    static SequencedSet<String> dnsNames(X509Certificate certificate) throws GeneralSecurityException {
        return Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.<List<?>>of()).stream()
                .filter(name -> Integer.valueOf(DNS_NAME).equals(name.getFirst()))
                .map(name -> String.valueOf(name.getLast()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
