package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.operator.webhook.InjectionSettings;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigTest {

    private static final Map<String, String> LEAST = Map.of(
            "HOLDFAST_NAMESPACE", "holdfast-system",
            "HOLDFAST_POD", "holdfast-operator-0",
            "HOLDFAST_SIDECAR_IMAGE", "registry.example/sidecar:1");

    @Test
    void whatIsNotSetHasADefault() {
        assertThat(OperatorConfig.read(LEAST))
                .isEqualTo(new OperatorConfig(
                        "holdfast-system",
                        "holdfast-operator-0",
                        Set.of(),
                        "registry.example/sidecar:1",
                        "IfNotPresent",
                        "",
                        InjectionSettings.DEFAULT_RESOURCES,
                        Map.of(),
                        "holdfast-webhook",
                        "holdfast",
                        "",
                        9443,
                        8080,
                        Duration.ofMinutes(5)));
    }

    @Test
    void everythingCanBeSet() {
        Map<String, String> environment = new HashMap<>(LEAST);
        environment.putAll(Map.of(
                "HOLDFAST_WATCH_NAMESPACES", " team-a, team-b,",
                "HOLDFAST_SIDECAR_PULL_POLICY", "Always",
                "HOLDFAST_SIDECAR_LOG_LEVEL", "warn,io.vertx=DEBUG",
                "HOLDFAST_WEBHOOK_SERVICE", "hook",
                "HOLDFAST_WEBHOOK_CONFIGURATION", "hooks",
                "HOLDFAST_WEBHOOK_CERTIFICATE", "/etc/certificate",
                "HOLDFAST_WEBHOOK_PORT", "10443",
                "HOLDFAST_HEALTH_PORT", "10080",
                "HOLDFAST_SECRETS_ARRIVE_WITHIN", "1m30s"));
        environment.put("HOLDFAST_SIDECAR_RESOURCES", "{\"limits\":{\"cpu\":\"500m\"}}");
        environment.put(
                "HOLDFAST_DEFAULT_NODE_SET",
                "{\"image\":\"registry.example/valkey:8\",\"storage\":{\"size\":\"1Gi\"}}");

        assertThat(OperatorConfig.read(environment))
                .isEqualTo(new OperatorConfig(
                        "holdfast-system",
                        "holdfast-operator-0",
                        Set.of("team-a", "team-b"),
                        "registry.example/sidecar:1",
                        "Always",
                        "warn,io.vertx=DEBUG",
                        new ResourceRequirementsBuilder()
                                .withLimits(Map.of("cpu", new Quantity("500m")))
                                .build(),
                        Map.of("image", "registry.example/valkey:8", "storage", Map.of("size", "1Gi")),
                        "hook",
                        "hooks",
                        "/etc/certificate",
                        10443,
                        10080,
                        Duration.ofSeconds(90)));
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        assertThatThrownBy(() -> OperatorConfig.read(Map.of(
                        "HOLDFAST_NAMESPACE", "Holdfast System",
                        "HOLDFAST_POD", " ",
                        "HOLDFAST_WATCH_NAMESPACES", "team-a,Team B",
                        "HOLDFAST_SIDECAR_PULL_POLICY", "Sometimes",
                        "HOLDFAST_SIDECAR_LOG_LEVEL", "LOUD",
                        "HOLDFAST_WEBHOOK_SERVICE", "a.b",
                        "HOLDFAST_WEBHOOK_PORT", "70000",
                        "HOLDFAST_HEALTH_PORT", "http")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(String.join(
                        ". ",
                        "HOLDFAST_NAMESPACE is \"Holdfast System\"; set it to the operator's own namespace",
                        "HOLDFAST_POD is not set; set it to the name of the operator's own pod",
                        "HOLDFAST_WATCH_NAMESPACES names \"Team B\", which no namespace can be called; list namespaces,"
                                + " separated by commas",
                        "HOLDFAST_SIDECAR_IMAGE is not set; set it to the image of the injected sidecar",
                        "HOLDFAST_SIDECAR_PULL_POLICY is \"Sometimes\"; set IfNotPresent, Always, Never",
                        "HOLDFAST_SIDECAR_LOG_LEVEL is \"LOUD\"; set TRACE, DEBUG, INFO, WARN or ERROR, and others for"
                                + " some loggers as in INFO,io.vertx=DEBUG",
                        "HOLDFAST_WEBHOOK_SERVICE is \"a.b\"; set an object's name: lower-case letters, digits and '-'",
                        "HOLDFAST_WEBHOOK_PORT is \"70000\"; set a port from 1 to 65535",
                        "HOLDFAST_HEALTH_PORT is \"http\"; set a port from 1 to 65535"));
    }

    @ParameterizedTest
    @CsvSource({
        "HOLDFAST_WEBHOOK_PORT, 8080, both 8080",
        "HOLDFAST_WEBHOOK_PORT, 0, from 1 to 65535",
        "HOLDFAST_HEALTH_PORT, -1, from 1 to 65535",
        "HOLDFAST_SIDECAR_LOG_LEVEL, 'INFO,DEBUG', TRACE",
        "HOLDFAST_WEBHOOK_CONFIGURATION, -holdfast, an object's name",
        "HOLDFAST_SIDECAR_RESOURCES, 160Mi, set it to JSON such as",
        "HOLDFAST_SIDECAR_RESOURCES, '{\"limits\":{\"memory\":\"much\"}}', set it to JSON such as",
        "HOLDFAST_SIDECAR_RESOURCES, '{\"limit\":{\"memory\":\"1Gi\"}}', set it to JSON such as",
        "HOLDFAST_DEFAULT_NODE_SET, default, a JSON object with some of image",
        "HOLDFAST_DEFAULT_NODE_SET, '{\"tls\":\"On\"}', 'imagePullSecrets, maxLeaseDuration, nodes, resources'",
        "HOLDFAST_WEBHOOK_CERTIFICATE, certificate, the whole path of a directory",
    })
    void aSettingThatMeansNothingIsNamed(String variable, String value, String said) {
        Map<String, String> environment = new HashMap<>(LEAST);
        environment.put(variable, value);

        assertThatThrownBy(() -> OperatorConfig.read(environment))
                .hasMessageContaining(variable)
                .hasMessageContaining(said);
    }
}
