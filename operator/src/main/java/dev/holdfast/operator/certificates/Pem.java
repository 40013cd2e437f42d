package dev.holdfast.operator.certificates;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Certificates and EC keys as text. No message says what a key's text was. */
final class Pem {
    private static final String KEY = "PRIVATE KEY";

    private Pem() {}

    static String write(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate has no encoding", e);
        }
    }

    static String write(PrivateKey key) {
        return block(KEY, key.getEncoded());
    }

    /** At least one. */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        var found = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        List<X509Certificate> certificates =
                found.stream().map(X509Certificate.class::cast).toList();
        if (certificates.isEmpty()) {
            throw new CertificateException("no certificate");
        }
        return certificates;
    }

    static PrivateKey key(String text) throws GeneralSecurityException {
        String content = text.replace(begin(KEY), "").replace(end(KEY), "");
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(content);
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("a key is not PEM", e);
        }
    }

    private static String block(String kind, byte[] content) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return begin(kind) + '\n' + text + '\n' + end(kind) + '\n';
    }

    private static String begin(String kind) {
        return "-----BEGIN " + kind + "-----";
    }

    private static String end(String kind) {
        return "-----END " + kind + "-----";
    }
}
