package dev.holdfast.operator.certificates;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A CA of somebody else's, such as cert-manager's: it signs what it is asked to, and renews its certificate with its key. */
public record OtherAuthority(X509Certificate certificate, KeyPair keys) {
    private static final X500Name NAME = new X500Name("CN=Other CA");
    private static final Duration LIFE = Duration.ofDays(365);

    /** A leaf to be. */
    public record Wish(List<String> names, KeyPurposeId purpose, String keyAlgorithm, Instant from, Instant until) {

        /** For a server of that name, by an EC key, for thirty days from now on. */
        public static Wish of(String name) {
            Instant now = Instant.now();
            return new Wish(List.of(name), KeyPurposeId.id_kp_serverAuth, "EC", now, now.plus(Duration.ofDays(30)));
        }

        public Wish during(Instant begin, Instant end) {
            return new Wish(names, purpose, keyAlgorithm, begin, end);
        }

        public Wish by(String algorithm) {
            return new Wish(names, purpose, algorithm, from, until);
        }

        Wish forPurpose(KeyPurposeId other) {
            return new Wish(names, other, keyAlgorithm, from, until);
        }

        Wish named(String... others) {
            return new Wish(List.of(others), purpose, keyAlgorithm, from, until);
        }
    }

    /** A leaf and its key. */
    public record Leaf(X509Certificate certificate, PrivateKey key) {
        public String chain() {
            return Pem.write(certificate);
        }

        /** PKCS #8. */
        public String pem() {
            return Pem.write(key);
        }

        /** PKCS #1 or SEC 1. */
        public String traditionalPem() {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
            StringWriter text = new StringWriter();
            try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
                // Java leaves the curve out of the inner part, and others do not.
                ASN1Encodable inner = key instanceof ECPrivateKey curved
                        ? new org.bouncycastle.asn1.sec.ECPrivateKey(
                                256,
                                curved.getS(),
                                info.getPrivateKeyAlgorithm().getParameters())
                        : info.parsePrivateKey();
                writer.writeObject(new PemObject(
                        key.getAlgorithm() + " PRIVATE KEY",
                        inner.toASN1Primitive().getEncoded()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return text.toString();
        }
    }

    public static OtherAuthority create() throws GeneralSecurityException {
        return certified(keys("EC"));
    }

    /** Of the same name and key, as cert-manager does when the key is never rotated. */
    public OtherAuthority renewed() {
        return certified(keys);
    }

    public String pem() {
        return Pem.write(certificate);
    }

    public Leaf issue(Wish wish) throws GeneralSecurityException {
        KeyPair leafKeys = keys(wish.keyAlgorithm());
        GeneralName[] names = wish.names().stream()
                .map(name -> new GeneralName(GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    new BigInteger(120, new SecureRandom()),
                    Date.from(wish.from()),
                    Date.from(wish.until()),
                    new X500Name("CN=leaf"),
                    leafKeys.getPublic());
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(wish.purpose()));
            return new Leaf(signed(builder, keys.getPrivate()), leafKeys.getPrivate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OtherAuthority certified(KeyPair keys) {
        Instant now = Instant.now();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    new BigInteger(120, new SecureRandom()),
                    Date.from(now.minus(LIFE)),
                    Date.from(now.plus(LIFE)),
                    NAME,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            return new OtherAuthority(signed(builder, keys.getPrivate()), keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        switch (algorithm) {
            case "EC" -> generator.initialize(256);
            case "RSA" -> generator.initialize(2048);
            default -> {
                // It has one size.
            }
        }
        return generator.generateKeyPair();
    }
}
