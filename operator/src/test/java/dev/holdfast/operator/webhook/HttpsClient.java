package dev.holdfast.operator.webhook;

import dev.holdfast.operator.certificates.IssuedCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Calls the server on this machine by its name in the cluster, as an API server does, one connection a call. */
public record HttpsClient(int port, String host, String authority) {

    HttpsClient(int port, String authority) {
        this(port, IssuedCertificates.HOST, authority);
    }

    public HttpsReply get(String path) throws IOException, GeneralSecurityException {
        return call("GET " + path + " HTTP/1.1\r\nHost: webhook\r\nConnection: close\r\n\r\n", "");
    }

    public HttpsReply post(String path, String type, String body) throws IOException, GeneralSecurityException {
        String typed = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return call(
                "POST " + path + " HTTP/1.1\r\nHost: webhook\r\nConnection: close\r\n" + typed + "Content-Length: "
                        + length + "\r\n\r\n",
                body);
    }

    /** The certificate that a new connection gets. */
    public X509Certificate presented() throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connect()) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private HttpsReply call(String head, String body) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connect()) {
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String[] parts = reply.split("\r\n\r\n", 2);
            return new HttpsReply(Integer.parseInt(parts[0].split(" ", 3)[1]), parts[1]);
        }
    }

    private SSLSocket connect() throws IOException, GeneralSecurityException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) trusting(authority).getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext trusting(String authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
                "authority",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
