package dev.holdfast.sidecar.redis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** TLS to nodes whose certificates a given authority signed. */
final class Tls {

    private Tls() {}

    /** @throws IllegalStateException if the file holds no certificates, with what to do */
    static SslOptions trusting(Path authority) {
        char[] password = "in memory only".toCharArray();
        byte[] store = store(authority, password);
        return SslOptions.builder()
                .sslVerifyMode(SslVerifyMode.FULL)
                .trustStoreType("PKCS12")
                .truststore(() -> new ByteArrayInputStream(store), password)
                .build();
    }

    private static byte[] store(Path authority, char[] password) {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int index = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + index++, certificate);
            }
            if (index == 0) {
                throw new IllegalStateException(authority + " holds no certificate; put the nodes' CA there, as PEM");
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, password);
            return out.toByteArray();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(authority + " cannot be read as PEM certificates: " + e.getMessage(), e);
        }
    }
}
