package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.certificates.IssuedCertificates;
import dev.holdfast.operator.certificates.MountedCertificate;
import dev.holdfast.operator.certificates.MountedSecret;
import dev.holdfast.operator.certificates.OtherAuthority;
import dev.holdfast.operator.certificates.OtherAuthority.Leaf;
import dev.holdfast.operator.certificates.OtherAuthority.Wish;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a file to a connection, for every form of key that a certificate can be mounted with. */
class MountedKeysTest {

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final WebhookServer server = new WebhookServer(
            vertx,
            0,
            new AdmissionHandler(
                    Scenario.SETTINGS,
                    new Scenario(Scenario.FOLDERS.resolve(Path.of("deployment-pod"))).locks(),
                    (_, _) -> {}));

    @AfterEach
    void close() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @ParameterizedTest
    @CsvSource({"EC, false", "EC, true", "RSA, false", "RSA, true"})
    void isPresented(String algorithm, boolean traditional) throws Exception {
        OtherAuthority authority = OtherAuthority.create();
        Leaf leaf = authority.issue(Wish.of(IssuedCertificates.HOST).by(algorithm));
        MountedSecret secret = new MountedSecret(directory);
        secret.put(Map.of("tls.crt", leaf.chain(), "tls.key", traditional ? leaf.traditionalPem() : leaf.pem()));
        try (MountedCertificate certificate = new MountedCertificate(
                directory,
                IssuedCertificates.HOST,
                InstantSource.system(),
                served -> server.present(served.chain(), served.key()))) {
            certificate.start();
            await().until(certificate::ready);

            assertThat(new HttpsClient(server.port(), authority.pem()).presented())
                    .isEqualTo(leaf.certificate());
        }
    }
}
