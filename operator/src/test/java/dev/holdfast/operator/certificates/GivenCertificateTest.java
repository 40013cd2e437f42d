package dev.holdfast.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.operator.certificates.GivenCertificate.Judgement;
import dev.holdfast.operator.certificates.OtherAuthority.Leaf;
import dev.holdfast.operator.certificates.OtherAuthority.Wish;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real certificates of another CA, in every form in which people have them. */
class GivenCertificateTest {
    private static final String NAME = "holdfast-webhook.holdfast-system.svc";

    private final Instant start = Instant.now();
    private final OtherAuthority authority = OtherAuthority.create();

    GivenCertificateTest() throws GeneralSecurityException {}

    private Judgement judge(Leaf leaf) {
        return GivenCertificate.judge(leaf.chain(), leaf.pem(), NAME, start);
    }

    private static String reason(Judgement judgement) {
        assertThat(judgement).isInstanceOf(Judgement.Refused.class);
        return ((Judgement.Refused) judgement).reason();
    }

    @ParameterizedTest
    @CsvSource({"EC, PRIVATE KEY", "EC, EC PRIVATE KEY", "RSA, PRIVATE KEY", "RSA, RSA PRIVATE KEY"})
    void aKeyOfEveryFormIsServedInOne(String algorithm, String form) throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME).by(algorithm));
        String key = form.equals("PRIVATE KEY") ? leaf.pem() : leaf.traditionalPem();
        assertThat(key).startsWith("-----BEGIN " + form + "-----");

        Judgement judgement = GivenCertificate.judge(leaf.chain(), key, NAME, start);

        assertThat(judgement).isInstanceOf(Judgement.Good.class);
        Judgement.Good good = (Judgement.Good) judgement;
        assertThat(good.certificate().chain()).isEqualTo(leaf.chain());
        assertThat(good.certificate().key()).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(good.from()).isEqualTo(leaf.certificate().getNotBefore().toInstant());
        assertThat(good.until()).isEqualTo(leaf.certificate().getNotAfter().toInstant());
    }

    /** As openssl writes it for a curve. */
    @Test
    void aBlockBeforeTheKeyIsSkipped() throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME));
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

        assertThat(GivenCertificate.judge(leaf.chain(), parameters + leaf.traditionalPem(), NAME, start))
                .isInstanceOf(Judgement.Good.class);
    }

    @Test
    void theWholeChainIsServed() throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME));

        Judgement judgement = GivenCertificate.judge(leaf.chain() + authority.pem(), leaf.pem(), NAME, start);

        assertThat(((Judgement.Good) judgement).certificate().chain()).isEqualTo(leaf.chain() + authority.pem());
    }

    @ParameterizedTest
    @ValueSource(strings = {NAME, "*.holdfast-system.svc", "Holdfast-Webhook.Holdfast-System.svc"})
    void aNameThatAnApiServerTakesIsTaken(String name) throws Exception {
        assertThat(judge(authority.issue(Wish.of(NAME).named("other", name)))).isInstanceOf(Judgement.Good.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast-webhook.holdfast-system",
                "holdfast-webhook.other.svc",
                "*.svc",
                "*.*.svc",
                "*",
                "holdfast-webhook.*.svc"
            })
    void anotherNameIsRefusedByName(String name) throws Exception {
        assertThat(reason(judge(authority.issue(Wish.of(NAME).named("first", name)))))
                .isEqualTo("the certificate is not for " + NAME + ", by which the API server asks, but for first, "
                        + name);
    }

    @Test
    void aCertificateWithoutADnsNameIsRefused() throws Exception {
        assertThat(reason(judge(authority.issue(Wish.of(NAME).named()))))
                .endsWith("by which the API server asks, but for no DNS name");
    }

    @Test
    void aCertificateOfAClientIsRefused() throws Exception {
        assertThat(reason(judge(authority.issue(Wish.of(NAME).forPurpose(KeyPurposeId.id_kp_clientAuth)))))
                .isEqualTo("the certificate is not for servers (its extended key usage lacks serverAuth)");
        assertThat(judge(authority.issue(Wish.of(NAME).forPurpose(KeyPurposeId.anyExtendedKeyUsage))))
                .isInstanceOf(Judgement.Good.class);
    }

    @Test
    void aCertificateThatHasEndedIsRefusedAndAllThatIsWrongIsSaid() throws Exception {
        Leaf leaf = authority.issue(
                Wish.of("elsewhere").during(start.minus(Duration.ofDays(2)), start.minus(Duration.ofSeconds(2))));

        assertThat(reason(judge(leaf)))
                .contains("is not for " + NAME)
                .contains(", and ended at " + leaf.certificate().getNotAfter().toInstant());
    }

    static Stream<Map.Entry<Duration, Boolean>> beginnings() {
        return Map.of(Duration.ofMinutes(59), true, Duration.ofMinutes(61), false).entrySet().stream();
    }

    /** Whoever signs may be an hour ahead of us. */
    @ParameterizedTest
    @MethodSource("beginnings")
    void aCertificateOfTheNearFutureIsServed(Map.Entry<Duration, Boolean> beginning) throws Exception {
        Judgement judgement = judge(
                authority.issue(Wish.of(NAME).during(start.plus(beginning.getKey()), start.plus(Duration.ofDays(30)))));

        assertThat(judgement instanceof Judgement.Good).isEqualTo(beginning.getValue());
        if (judgement instanceof Judgement.Refused(String reason)) {
            assertThat(reason).startsWith("the certificate begins at ");
        }
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME));
        for (String algorithm : new String[] {"EC", "RSA"}) {
            Leaf other = authority.issue(Wish.of(NAME).by(algorithm));
            assertThat(reason(GivenCertificate.judge(leaf.chain(), other.pem(), NAME, start)))
                    .isEqualTo("tls.crt and tls.key do not belong together");
        }
    }

    @Test
    void aKeyThatTheServerCannotUseIsRefused() throws Exception {
        assertThat(reason(judge(authority.issue(Wish.of(NAME).by("Ed25519")))))
                .isEqualTo("tls.key is neither of RSA nor of EC, which can be served");
    }

    @Test
    void aKeyThatNeedsAPassphraseIsRefused() throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME));
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    leaf.key(),
                    new JcePEMEncryptorBuilder("AES-128-CBC")
                            .setProvider(new BouncyCastleProvider())
                            .build("hunter2".toCharArray()));
        }

        assertThat(reason(GivenCertificate.judge(leaf.chain(), text.toString(), NAME, start)))
                .isEqualTo("tls.key is not PEM of a private key without a passphrase");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\naHVudGVyMg==\n-----END EC PRIVATE KEY-----\n"
            })
    void whatIsNoKeyIsRefusedAndNotQuoted(String text) throws Exception {
        Leaf leaf = authority.issue(Wish.of(NAME));

        assertThat(reason(GivenCertificate.judge(leaf.chain(), text, NAME, start)))
                .startsWith("tls.key ")
                .doesNotContain("hunter2", "aHVu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n"})
    void whatIsNoCertificateIsRefused(String text) throws Exception {
        assertThat(reason(GivenCertificate.judge(
                        text, authority.issue(Wish.of(NAME)).pem(), NAME, start)))
                .isEqualTo("tls.crt is not PEM of certificates");
    }
}
