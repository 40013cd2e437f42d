package dev.holdfast.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Answers every patch of a pod over TLS, as an API server does. */
record StandInApiServer(HttpsServer server, KeyStore keys, AtomicInteger patches) implements AutoCloseable {
    private static final String PASSWORD = "changeit";
    private static final byte[] ANSWER =
            "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{}}".getBytes(UTF_8);

    /** @param folder for its certificate */
    static StandInApiServer start(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        var keys = selfSigned(folder);
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, PASSWORD.toCharArray());
        var tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        var patches = new AtomicInteger();
        server.createContext("/", call -> {
            call.getRequestBody().readAllBytes();
            call.getResponseHeaders().add("Content-Type", "application/json");
            call.sendResponseHeaders(200, ANSWER.length);
            call.getResponseBody().write(ANSWER);
            call.close();
            patches.incrementAndGet();
        });
        server.start();
        return new StandInApiServer(server, keys, patches);
    }

    private static KeyStore selfSigned(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        var store = folder.resolve("store.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var log = folder.resolve("keytool.log");
        var code = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "api",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=benchmark",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException(Files.readString(log));
        }
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** What a pod finds in its folder of the API server: the authority and a token. */
    void describe(Path folder) throws IOException, GeneralSecurityException {
        Files.createDirectories(folder);
        var certificate = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                .encodeToString(keys.getCertificate("api").getEncoded());
        Files.writeString(
                folder.resolve("ca.crt"),
                "-----BEGIN CERTIFICATE-----\n" + certificate + "\n-----END CERTIFICATE-----\n");
        Files.writeString(folder.resolve("token"), "token");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
