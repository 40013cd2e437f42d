package dev.holdfast.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeCertificatesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> NAMES = List.of("holdfast-default-0.shop.svc", "localhost");

    private final Map<String, String> fresh = NodeCertificates.current(Map.of(), "", NAMES, NOW);

    private static String text(Map<String, String> texts, String key) {
        return texts.getOrDefault(key, "");
    }

    private static X509Certificate leaf(Map<String, String> texts) throws Exception {
        return Pem.certificates(text(texts, "tls.crt")).getFirst();
    }

    @Test
    void goodOnesStay() {
        assertThat(NodeCertificates.current(fresh, "", NAMES, NOW.plus(Duration.ofDays(9))))
                .isEqualTo(fresh);
    }

    @Test
    void theCertificateIsForTheNodesAndOfTheirCa() throws Exception {
        X509Certificate authority = Pem.certificates(text(fresh, "ca.crt")).getFirst();
        leaf(fresh).verify(authority.getPublicKey());
        assertThat(leaf(fresh).getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
        assertThat(leaf(fresh).getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(authority.getSubjectX500Principal().getName()).isEqualTo("CN=Holdfast nodes CA");
    }

    @Test
    void aCertificateIsRenewedWithoutAnotherCa() throws Exception {
        Map<String, String> renewed = NodeCertificates.current(fresh, "", NAMES, NOW.plus(Duration.ofDays(21)));
        assertThat(renewed)
                .containsEntry("ca.crt", text(fresh, "ca.crt"))
                .containsEntry("ca.key", text(fresh, "ca.key"));
        assertThat(leaf(renewed).getNotAfter()).isAfter(leaf(fresh).getNotAfter());
    }

    @Test
    void whoTrustsTheNextCaTrustsTheOneOfBefore() {
        Map<String, String> renewed = NodeCertificates.current(fresh, "", NAMES, NOW.plus(Duration.ofDays(2500)));
        assertThat(text(renewed, "ca.crt")).endsWith(text(fresh, "ca.crt")).isNotEqualTo(text(fresh, "ca.crt"));
    }

    @Test
    void theCaThatSidecarsWereToldStaysTrustedWhenTheSecretIsLost() {
        Map<String, String> anew = NodeCertificates.current(Map.of(), text(fresh, "ca.crt"), NAMES, NOW);
        assertThat(text(anew, "ca.crt")).endsWith(text(fresh, "ca.crt"));
        assertThat(text(anew, "ca.key")).isNotEqualTo(text(fresh, "ca.key"));

        Map<String, String> again = NodeCertificates.current(Map.of(), text(anew, "ca.crt"), NAMES, NOW);
        assertThat(text(again, "ca.crt")).endsWith(text(anew, "ca.crt"));
        assertThat(NodeCertificates.current(Map.of(), "no certificate", NAMES, NOW))
                .containsKey("ca.crt");
    }

    @Test
    void whatSomebodyWroteIntoTheSecretIsReplaced() {
        Map<String, String> broken = new java.util.HashMap<>(fresh);
        broken.put("tls.key", text(NodeCertificates.current(Map.of(), "", NAMES, NOW), "tls.key"));

        Map<String, String> mended = NodeCertificates.current(broken, text(fresh, "ca.crt"), NAMES, NOW);

        assertThat(text(mended, "ca.crt")).endsWith(text(fresh, "ca.crt"));
        assertThat(NodeCertificates.current(mended, "", NAMES, NOW)).isEqualTo(mended);
    }
}
