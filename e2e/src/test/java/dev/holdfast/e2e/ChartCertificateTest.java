package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who makes the webhook's certificate, as the chart arranges it; no cluster is needed. */
class ChartCertificateTest {

    private static final String OWN = "holdfast-system";
    private static final String SOURCE = "webhook.certificate.source";
    private static final String ISSUER = "webhook.certificate.certManager.issuerRef.";
    private static final String SECRET = "webhook.certificate.secret.";
    /** To be passed on. */
    private static final String CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private static final Map<String, String> GIVEN =
            Map.of(SOURCE, "Secret", SECRET + "name", "mine", SECRET + "caBundle", CA);

    @Test
    void makesItsOwnUnlessItIsToldOtherwise() {
        var pod = Rendered.chart().the("Deployment", "holdfast-operator").at("/spec/template/spec");

        assertThat(Rendered.chart().names("Certificate")).isEmpty();
        assertThat(pod.at("/volumes").findValuesAsText("name")).containsExactly("tmp");
        assertThat(pod.at("/containers/0/env").findValuesAsText("name"))
                .contains("HOLDFAST_WEBHOOK_CONFIGURATION")
                .doesNotContain("HOLDFAST_WEBHOOK_CERTIFICATE");
    }

    @Test
    void asksCertManagerForACaAndForACertificateOfIt() {
        var manifests = Rendered.chart(SOURCE, "CertManager");
        var authority = manifests.the("Certificate", "holdfast-webhook-ca").at("/spec");
        var leaf = manifests.the("Certificate", "holdfast-webhook").at("/spec");

        assertThat(manifests.names("Issuer")).containsExactlyInAnyOrder("holdfast-webhook-root", "holdfast-webhook-ca");
        assertThat(manifests.the("Issuer", "holdfast-webhook-root").at("/spec").toString())
                .isEqualTo("{\"selfSigned\":{}}");
        assertThat(authority.at("/isCA").asBoolean()).isTrue();
        assertThat(authority.at("/issuerRef/name").asText()).isEqualTo("holdfast-webhook-root");
        // With another key, replicas would serve for a minute or two what the API server trusts no more.
        assertThat(authority.at("/privateKey/rotationPolicy").asText()).isEqualTo("Never");
        assertThat(manifests.the("Issuer", "holdfast-webhook-ca").at("/spec/ca/secretName"))
                .isEqualTo(authority.at("/secretName"));
        assertThat(leaf.at("/issuerRef").toString())
                .isEqualTo("{\"group\":\"cert-manager.io\",\"kind\":\"Issuer\",\"name\":\"holdfast-webhook-ca\"}");
        assertThat(leaf.at("/dnsNames/0").asText()).isEqualTo("holdfast-webhook." + OWN + ".svc");
        assertThat(leaf.at("/usages").toString()).isEqualTo("[\"digital signature\",\"server auth\"]");
        assertThat(leaf.at("/duration").asText()).isEqualTo("720h");
    }

    @Test
    void leavesSigningToAnIssuerThatIsNamed() {
        var manifests = Rendered.chart(
                SOURCE,
                "CertManager",
                ISSUER + "name",
                "corporate",
                ISSUER + "kind",
                "ClusterIssuer",
                "webhook.certificate.certManager.duration",
                "24h");

        assertThat(manifests.names("Issuer")).isEmpty();
        assertThat(manifests.names("Certificate")).containsExactly("holdfast-webhook");
        var leaf = manifests.the("Certificate", "holdfast-webhook").at("/spec");
        assertThat(leaf.at("/issuerRef").toString())
                .isEqualTo("{\"group\":\"cert-manager.io\",\"kind\":\"ClusterIssuer\",\"name\":\"corporate\"}");
        assertThat(leaf.at("/duration").asText()).isEqualTo("24h");
    }

    static Stream<Arguments> sourcesOfOthers() {
        return Stream.of(
                Arguments.of("holdfast-webhook-tls", Map.of(SOURCE, "CertManager")), Arguments.of("mine", GIVEN));
    }

    /** Who makes no certificate needs no right for it. */
    @ParameterizedTest
    @MethodSource("sourcesOfOthers")
    void mountsWhatOthersMakeAndGivesUpTheRightsToMakeIt(String secret, Map<String, String> values) {
        var manifests = Rendered.chart(values);
        var pod = manifests.the("Deployment", "holdfast-operator").at("/spec/template/spec");
        var variable = named("HOLDFAST_WEBHOOK_CERTIFICATE", pod.at("/containers/0/env"));
        var mount = named("webhook-certificate", pod.at("/containers/0/volumeMounts"));
        var volume = named("webhook-certificate", pod.at("/volumes")).at("/secret");

        assertThat(variable.at("/value")).isEqualTo(mount.at("/mountPath"));
        assertThat(mount.at("/readOnly").asBoolean()).isTrue();
        assertThat(volume.at("/secretName").asText()).isEqualTo(secret);
        assertThat(volume.at("/optional").asBoolean()).isTrue();
        assertThat(volume.at("/items").findValuesAsText("key")).containsExactly("tls.crt", "tls.key");
        assertThat(manifests.names("ClusterRole")).containsExactlyInAnyOrder("holdfast-operator", "holdfast-sidecar");
        assertThat(manifests.names("ClusterRoleBinding")).containsExactly("holdfast-operator");
        assertThat(manifests.the("Role", "holdfast-operator-own").at("/rules").findValuesAsText("resources"))
                .hasSize(1);
        assertThat(manifests
                        .the("Role", "holdfast-operator-own")
                        .at("/rules/0/resources/0")
                        .asText())
                .isEqualTo("leases");
    }

    @Test
    void theApiServerLearnsTheCaFromWhoeverHasIt() {
        var own = configuration(Map.of());
        var certManager = configuration(Map.of(SOURCE, "CertManager"));
        var given = configuration(GIVEN);
        String injectFrom = "/metadata/annotations/cert-manager.io~1inject-ca-from";
        String bundle = "/webhooks/0/clientConfig/caBundle";

        assertThat(certManager.at(injectFrom).asText()).isEqualTo(OWN + "/holdfast-webhook");
        assertThat(own.at(injectFrom).isMissingNode()).isTrue();
        assertThat(given.at(injectFrom).isMissingNode()).isTrue();
        assertThat(own.at(bundle).isMissingNode()).isTrue();
        assertThat(certManager.at(bundle).isMissingNode()).isTrue();
        assertThat(new String(Base64.getDecoder().decode(given.at(bundle).asText()), StandardCharsets.US_ASCII))
                .isEqualTo(CA);
    }

    @Test
    void theGuideShowsValuesThatTheChartTakes(@TempDir Path directory) throws IOException {
        var blocks = Pattern.compile("(?s)```yaml\\n(.*?)```")
                .matcher(Files.readString(Project.ROOT.resolve("docs/how-to/webhook-certificates.md")))
                .results()
                .toList();

        assertThat(blocks).hasSize(3);
        for (var block : blocks) {
            var values = Files.writeString(directory.resolve("values.yaml"), block.group(1));
            assertThat(Rendered.chart(values)
                            .the("Deployment", "holdfast-operator")
                            .toString())
                    .contains("HOLDFAST_WEBHOOK_CERTIFICATE");
        }
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of(
                        Map.of(ISSUER + "name", "corporate"),
                        "webhook.certificate.certManager.issuerRef.name is set and webhook.certificate.source is Operator:"
                                + " set source to CertManager, or no name"),
                Arguments.of(
                        Map.of(SOURCE, "CertManager", ISSUER + "kind", "ClusterIssuer"),
                        "webhook.certificate.certManager.issuerRef has a kind or group and no name: set its name too"),
                Arguments.of(
                        Map.of(SOURCE, "Secret", SECRET + "caBundle", CA),
                        "webhook.certificate.source is Secret: set webhook.certificate.secret.name to a Secret with"
                                + " tls.crt and tls.key"),
                Arguments.of(
                        Map.of(SOURCE, "Secret", SECRET + "name", "mine"),
                        "webhook.certificate.source is Secret: set webhook.certificate.secret.caBundle to the PEM of the"
                                + " CA that signed it"),
                Arguments.of(
                        Map.of(SECRET + "name", "mine"),
                        "webhook.certificate.secret is set and webhook.certificate.source is Operator: set source to"
                                + " Secret, or neither name nor caBundle"));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void saysWhatToDoAboutValuesThatContradictEachOther(Map<String, String> values, String said) {
        assertThatThrownBy(() -> Rendered.chart(values)).hasMessageContaining(said);
    }

    private static JsonNode configuration(Map<String, String> values) {
        return Rendered.chart(values).the("MutatingWebhookConfiguration", "holdfast");
    }

    private static JsonNode named(String name, JsonNode list) {
        for (JsonNode element : list) {
            if (element.at("/name").asText().equals(name)) {
                return element;
            }
        }
        throw new IllegalArgumentException("none is named " + name);
    }
}
