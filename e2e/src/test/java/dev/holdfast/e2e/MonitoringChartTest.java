package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart makes for Prometheus's operator and Grafana's sidecar. */
class MonitoringChartTest {

    private static final String PODS = "monitoring.podMonitors.enabled";
    private static final String RULE = "monitoring.prometheusRule.enabled";
    private static final String DASHBOARD = "monitoring.dashboard.enabled";

    @Test
    void isOffByDefault() {
        assertThat(Rendered.chart().ofKind("PodMonitor")).isEmpty();
        assertThat(Rendered.chart().ofKind("PrometheusRule")).isEmpty();
        assertThat(Rendered.chart().names("ConfigMap")).doesNotContain("holdfast-dashboard");
    }

    @Test
    void monitorsInjectedPodsByThePortThatTheWebhookDeclares() throws IOException {
        var injected = Manifests.read(Files.readString(Project.ROOT.resolve(
                        "operator/src/test/resources/dev/holdfast/operator/webhook/scenarios/bare-pod/expected.yaml")))
                .getFirst();
        var port = injected.at("/spec/initContainers/0/ports/0");
        assertThat(port.at("/containerPort").asInt()).isEqualTo(4041);

        var monitor = Rendered.chart(PODS, "true", "monitoring.podMonitors.labels.release", "prometheus")
                .the("PodMonitor", "holdfast-sidecars");

        assertThat(monitor.at("/spec/podMetricsEndpoints")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.at("/port")).isEqualTo(port.at("/name"));
            assertThat(endpoint.at("/interval").asText()).isEqualTo("15s");
            assertThat(endpoint.at("/relabelings").findValuesAsText("targetLabel"))
                    .containsExactly("namespace", "pod");
        });
        assertThat(injected.at("/metadata/labels/holdfast.dev~1inject"))
                .isEqualTo(monitor.at("/spec/selector/matchLabels/holdfast.dev~1inject"));
        assertThat(monitor.at("/spec/namespaceSelector/any").asBoolean()).isTrue();
        assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
    }

    @Test
    void monitorsWatchedNamespacesAlone() {
        var monitor = Rendered.chart(PODS, "true", "watchNamespaces[0]", "a", "watchNamespaces[1]", "b")
                .the("PodMonitor", "holdfast-sidecars");

        assertThat(monitor.at("/spec/namespaceSelector").toString()).isEqualTo("{\"matchNames\":[\"a\",\"b\"]}");
    }

    @Test
    void monitorsTheOperatorsPodsByThePortThatTheyDeclare() {
        var chart = Rendered.chart(PODS, "true");
        var monitor = chart.the("PodMonitor", "holdfast-operator");
        var template = chart.the("Deployment", "holdfast-operator").at("/spec/template");

        assertThat(monitor.at("/spec/selector/matchLabels").properties())
                .isNotEmpty()
                .isSubsetOf(template.at("/metadata/labels").properties());
        assertThat(template.at("/spec/containers/0/ports").findValues("name"))
                .contains(monitor.at("/spec/podMetricsEndpoints/0/port"));
        assertThat(monitor.at("/spec/namespaceSelector/matchNames").toString()).isEqualTo("[\"holdfast-system\"]");
    }

    @Test
    void bringsTheAlertsOfTheFile() throws IOException {
        var rule = Rendered.chart(RULE, "true").the("PrometheusRule", "holdfast");

        assertThat(Alert.of(rule.at("/spec"))).isEqualTo(Alert.all());
    }

    @Test
    void bringsTheAlertsAsTheValuesWantThem() throws IOException {
        var all = Alert.all();
        var alerts = Alert.of(Rendered.chart(
                        RULE,
                        "true",
                        "monitoring.prometheusRule.runbooks",
                        "https://wiki.example/holdfast",
                        "monitoring.prometheusRule.alertLabels.team",
                        "platform",
                        "monitoring.prometheusRule.withoutAlerts[0]",
                        all.getFirst().name())
                .the("PrometheusRule", "holdfast")
                .at("/spec"));

        assertThat(alerts)
                .extracting(Alert::name)
                .containsExactlyElementsOf(all.stream().skip(1).map(Alert::name).toList());
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.rule().at("/labels/team").asText()).isEqualTo("platform");
            assertThat(alert.severity()).isNotEmpty();
            assertThat(alert.annotation("runbook_url")).startsWith("https://wiki.example/holdfast#holdfast");
        });
    }

    @Test
    void bringsTheDashboardAsItIs() throws IOException {
        var json = new ObjectMapper();
        var map = Rendered.chart(
                        DASHBOARD,
                        "true",
                        "monitoring.dashboard.namespace",
                        "grafana",
                        "monitoring.dashboard.annotations.grafana_folder",
                        "Platform")
                .the("ConfigMap", "holdfast-dashboard");

        assertThat(json.readTree(map.at("/data/holdfast.json").asText()))
                .isEqualTo(Dashboard.read().json());
        assertThat(map.at("/metadata/namespace").asText()).isEqualTo("grafana");
        assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(map.at("/metadata/annotations/grafana_folder").asText()).isEqualTo("Platform");
    }

    /** For a Prometheus without its operator. */
    @Test
    void thePagesJobsFindTheSamePods() throws IOException {
        var jobs = new ObjectMapper(new YAMLFactory())
                .readTree(Files.readString(Project.ROOT.resolve("docs/how-to/prometheus-scrape.yaml")));
        var chart = Rendered.chart(PODS, "true");

        assertThat(jobs).hasSize(2).allSatisfy(job -> {
            var monitor = chart.the("PodMonitor", job.at("/job_name").asText());
            var labels = monitor.at("/spec/selector/matchLabels").properties().stream()
                    .map(label -> label.getKey() + '=' + label.getValue().asText())
                    .toList();
            assertThat(job.at("/kubernetes_sd_configs/0/selectors/0/label")
                            .asText()
                            .split(",", -1))
                    .containsExactlyInAnyOrderElementsOf(labels);
            assertThat(job.at("/relabel_configs/0/regex")).isEqualTo(monitor.at("/spec/podMetricsEndpoints/0/port"));
            assertThat(job.at("/scrape_interval")).isEqualTo(monitor.at("/spec/podMetricsEndpoints/0/interval"));
            assertThat(job.at("/relabel_configs").findValuesAsText("target_label"))
                    .containsExactly("namespace", "pod");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "monitoring.podMonitor.enabled, true, podMonitor",
        "monitoring.podMonitors.enabled, perhaps, enabled",
        "monitoring.podMonitors.interval, 2m, interval",
        "monitoring.podMonitors.interval, 90s, interval",
        "monitoring.prometheusRule.runbooks, docs, runbooks",
        "monitoring.prometheusRule.alertLabels.severity, info, severity",
        "monitoring.prometheusRule.withoutAlerts[0], HoldfastNothing, HoldfastTwoHolders",
        "monitoring.dashboard.namespace, Not A Name, namespace",
        "monitoring.dashboard.folder, Platform, folder",
    })
    void refusesAValueThatMeansNothing(String name, String value, String named) {
        assertThatThrownBy(() -> Rendered.chart(RULE, "true", name, value)).hasMessageContaining(named);
    }
}
