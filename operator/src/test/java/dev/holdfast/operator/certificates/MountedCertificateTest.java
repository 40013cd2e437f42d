package dev.holdfast.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.operator.certificates.OtherAuthority.Leaf;
import dev.holdfast.operator.certificates.OtherAuthority.Wish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come, change and are wrong, look by look. */
class MountedCertificateTest {
    private static final String NAME = "holdfast-webhook.holdfast-system.svc";

    @TempDir
    private Path directory;

    private final Instant start = Instant.now();
    private final AtomicReference<Instant> now = new AtomicReference<>(start);
    private final List<ServerCertificate> told = new ArrayList<>();
    private OtherAuthority authority;
    private MountedSecret secret;
    private MountedCertificate certificate;

    @BeforeEach
    void prepare() throws Exception {
        authority = OtherAuthority.create();
        secret = new MountedSecret(directory.resolve("certificate"));
        certificate = new MountedCertificate(secret.directory(), NAME, now::get, told::add);
    }

    private Leaf issue() throws Exception {
        return authority.issue(Wish.of(NAME));
    }

    private static ServerCertificate served(Leaf leaf) {
        return new ServerCertificate(leaf.chain(), leaf.pem());
    }

    @Test
    void untilThereIsOneItIsSaidWhatIsMissing() throws Exception {
        assertThat(certificate.ready()).isFalse();

        certificate.look();
        assertThat(certificate.obstacle())
                .contains("the webhook has no certificate: tls.crt is missing in " + secret.directory());

        secret.put(Map.of("tls.crt", issue().chain()));
        certificate.look();
        assertThat(certificate.obstacle())
                .contains("the webhook has no certificate: tls.key is missing in " + secret.directory());
        assertThat(told).isEmpty();

        Leaf leaf = issue();
        secret.put(leaf);
        certificate.look();
        assertThat(certificate.obstacle()).isEmpty();
        assertThat(told).containsExactly(served(leaf));
    }

    @Test
    void aDirectoryThatIsNotThereIsNoDifferentMatter() {
        MountedCertificate nowhere = new MountedCertificate(directory.resolve("nowhere"), NAME, now::get, told::add);

        nowhere.look();

        assertThat(nowhere.obstacle())
                .hasValueSatisfying(text -> assertThat(text).contains("tls.crt is missing"));
    }

    @Test
    void aFileThatIsNoTextIsRefused() throws Exception {
        Files.write(secret.directory().resolve("tls.crt"), new byte[] {(byte) 0xff, (byte) 0xfe});

        certificate.look();

        assertThat(certificate.obstacle()).contains("the webhook has no certificate: tls.crt is not text");
    }

    @Test
    void anotherOneIsServedOnceAndTheSameOneNotAgain() throws Exception {
        Leaf first = issue();
        Leaf second = issue();
        secret.put(first);
        certificate.look();
        certificate.look();
        // Other files of the same content.
        secret.put(first);
        certificate.look();

        secret.put(second);
        certificate.look();
        certificate.look();

        assertThat(told).containsExactly(served(first), served(second));
    }

    @Test
    void aWrongOneLeavesTheLastGoodOneServed() throws Exception {
        Leaf good = issue();
        secret.put(good);
        certificate.look();

        secret.put(authority.issue(Wish.of("elsewhere.svc")));
        certificate.look();

        assertThat(told).containsExactly(served(good));
        assertThat(certificate.obstacle()).isEmpty();
    }

    @Test
    void oneThatEndsWithoutAnotherIsSaidToHaveEndedUntilAnotherComes() throws Exception {
        Instant end = start.plus(Duration.ofHours(1));
        secret.put(authority.issue(Wish.of(NAME).during(start.minus(Duration.ofHours(1)), end)));
        certificate.look();
        assertThat(certificate.obstacle()).isEmpty();

        now.set(end.plusSeconds(1));
        certificate.look();
        assertThat(certificate.obstacle())
                .hasValueSatisfying(
                        text -> assertThat(text)
                                .startsWith(
                                        "the webhook's certificate has ended, and no other one came: the certificate ended at "));

        secret.put(authority.issue(Wish.of(NAME)));
        certificate.look();
        assertThat(certificate.obstacle()).isEmpty();
        assertThat(told).hasSize(2);
    }

    /** Such as a port that is taken. */
    @Test
    void oneThatCouldNotBePresentedIsPresentedAtTheNextLook() throws Exception {
        List<String> failures = new ArrayList<>(List.of("taken"));
        MountedCertificate failing = new MountedCertificate(secret.directory(), NAME, now::get, served -> {
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.removeFirst());
            }
            told.add(served);
        });
        secret.put(issue());

        assertThatThrownBy(failing::look).hasMessage("taken");
        assertThat(failing.ready()).isFalse();
        failing.look();

        assertThat(failing.ready()).isTrue();
        assertThat(told).hasSize(1);
    }
}
