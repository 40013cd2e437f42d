package dev.holdfast.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.holdfast.operator.certificates.StoredCertificates.State;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredCertificatesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<String> NAMES = List.of("holdfast-webhook.holdfast.svc", "holdfast-webhook.holdfast");

    private final StoredCertificates fresh = StoredCertificates.create("webhook", NAMES, NOW);

    @Test
    void freshLeafIsForTheNamesAndShort() throws Exception {
        // When
        X509Certificate leaf = Pem.certificates(fresh.leaf()).getFirst();

        // Then
        assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.getLast())))
                .containsExactlyElementsOf(NAMES);
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofHours(1)));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(30)));
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(((ECPublicKey) leaf.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
    }

    @Test
    void freshAuthoritySignsLeavesOnly() throws Exception {
        // When
        X509Certificate authority = Pem.certificates(fresh.authorities()).getFirst();

        // Then
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(authority.getNotAfter().toInstant()).isBefore(NOW.plus(Duration.ofDays(3651)));
    }

    @Test
    void leafIsTrustedByWhoeverTrustsTheAuthority() {
        assertThatCode(() -> validate(fresh.leaf(), fresh.authorities(), NOW)).doesNotThrowAnyException();
    }

    @Test
    void freshIsGood() {
        assertThat(fresh.state(NAMES, NOW)).isEqualTo(new State.Good());
        assertThat(fresh.state(NAMES, NOW.plus(Duration.ofDays(19)))).isEqualTo(new State.Good());
    }

    @Test
    void leafIsDueWhenAThirdOfItsLifeIsLeft() {
        assertThat(fresh.state(NAMES, NOW.plus(Duration.ofDays(20).plusHours(1))))
                .isInstanceOf(State.LeafDue.class);
    }

    @Test
    void leafIsDueWhenItIsForOtherNames() {
        assertThat(fresh.state(List.of("other.holdfast.svc"), NOW)).isInstanceOf(State.LeafDue.class);
    }

    @Test
    void leafIsDueWhenItIsOfTheFuture() {
        assertThat(fresh.state(NAMES, NOW.minus(Duration.ofDays(1)))).isInstanceOf(State.AuthorityDue.class);
    }

    @Test
    void newLeafIsOfTheSameAuthority() throws Exception {
        // Given
        Instant later = NOW.plus(Duration.ofDays(25));

        // When
        StoredCertificates renewed = fresh.withNewLeaf(NAMES, later);

        // Then
        assertThat(renewed.state(NAMES, later)).isEqualTo(new State.Good());
        assertThat(renewed.authorities()).isEqualTo(fresh.authorities());
        assertThat(renewed.authorityKey()).isEqualTo(fresh.authorityKey());
        assertThat(renewed.leaf()).isNotEqualTo(fresh.leaf());
        assertThat(renewed.leafKey()).isNotEqualTo(fresh.leafKey());
        validate(renewed.leaf(), fresh.authorities(), later);
    }

    @Test
    void newAuthorityIsTrustedBesideTheOldOne() throws Exception {
        // Given
        Instant later = NOW.plus(Duration.ofDays(9 * 365));
        StoredCertificates old = fresh.withNewLeaf(NAMES, later);
        assertThat(old.state(NAMES, later)).isEqualTo(new State.AuthorityDue());

        // When
        StoredCertificates renewed = old.withNewAuthority("webhook", NAMES, later);

        // Then
        assertThat(renewed.state(NAMES, later)).isEqualTo(new State.Good());
        validate(renewed.leaf(), renewed.authorities(), later);
        validate(old.leaf(), renewed.authorities(), later);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.crt", "ca.key", "tls.crt", "tls.key"})
    void anyMissingPartIsTold(String key) {
        // Given
        Map<String, String> texts = new HashMap<>(fresh.texts());
        texts.remove(key);

        // Then
        assertThat(StoredCertificates.of(texts).state(NAMES, NOW)).isInstanceOf(State.Broken.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.crt", "ca.key", "tls.crt", "tls.key"})
    void anyPartOfAnotherIsTold(String key) {
        // Given
        Map<String, String> texts = new HashMap<>(fresh.texts());
        texts.put(key, StoredCertificates.create("webhook", NAMES, NOW).texts().getOrDefault(key, ""));

        // Then
        assertThat(StoredCertificates.of(texts).state(NAMES, NOW)).isInstanceOf(State.Broken.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.crt", "ca.key", "tls.crt", "tls.key"})
    void anyDamagedPartIsToldWithoutSayingWhatItWas(String key) {
        // Given
        Map<String, String> texts = new HashMap<>(fresh.texts());
        texts.put(key, "hunter2 " + texts.getOrDefault(key, "").substring(40));

        // When
        State state = StoredCertificates.of(texts).state(NAMES, NOW);

        // Then
        assertThat(state).isInstanceOf(State.Broken.class);
        assertThat(state.toString()).doesNotContain("hunter2");
    }

    @Test
    void noTextShowsAKey() {
        assertThat(fresh.toString() + fresh.server()).doesNotContain("BEGIN");
    }

    private static void validate(String leaf, String authorities, Instant now) throws Exception {
        Set<TrustAnchor> anchors = Pem.certificates(authorities).stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(Pem.certificates(leaf)), parameters);
    }
}
