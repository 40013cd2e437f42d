package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.webhook.HttpsClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reference of metrics says what a real replica exports, neither more nor less; probes answer beside it. */
@ExtendWith(RealApiServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {

    private static final Path REFERENCE = Path.of("../docs/reference/metrics.md");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    private Chart chart;
    private ApiServer server;
    private Replica replica;
    private String scrape;

    @BeforeAll
    void liveALittle(ApiServer given) throws Exception {
        server = given;
        chart = Chart.render();
        chart.install(server.client());
        TestNamespace namespace = TestNamespace.create(server.client());
        FakeNodes nodes = new FakeNodes(_ -> "");
        nodes.dieWhileAdmitting = true;
        replica = new Replica(Replicas.config(Set.of(namespace.name())), server.client(), nodes);
        assertThat(replica.isReady()).isFalse();
        replica.start();
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        await().atMost(SOON).until(() -> get("/readyz").statusCode() == 200);
        namespace.createLock("payments", "{}");
        namespace.createLock("gone", "{nodeSet: absent}");
        namespace.bringUpNodes();
        await().atMost(SOON).until(() -> get("/metrics").body().contains("operator_sdk_reconciliations_failed_total"));
        server.client().resource(namespace.lock("gone")).delete();
        await().atMost(SOON).until(() -> get("/metrics").body().contains("operator_sdk_events_delete_total"));
        new HttpsClient(
                        replica.webhookPort(),
                        "holdfast-webhook." + Chart.NAMESPACE + ".svc",
                        Webhooks.authority(server))
                .post("/mutate", "application/json", Webhooks.review(namespace.name(), "payments"));
        scrape = get("/metrics").body();
    }

    @AfterAll
    void stop() {
        replica.close();
        chart.uninstall(server.client());
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.healthPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static List<List<String>> rows() throws Exception {
        List<List<String>> rows = Files.readString(REFERENCE)
                .split("(?m)^## The operator$", -1)[1]
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split("\\|", -1))
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .map(cells -> cells.subList(1, cells.size() - 1))
                .toList();
        assertThat(rows).isNotEmpty();
        return rows;
    }

    @Test
    void theTableNamesTheMetricsThatAreExportedWithTheirTypesAndLabels() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        rows().forEach(row -> documented.put(
                row.get(0),
                row.get(1)
                        + ' '
                        + Stream.of(row.get(2).split("[,\\s]+", -1))
                                .filter(word -> !word.isEmpty())
                                .collect(Collectors.toCollection(TreeSet::new))));

        assertThat(exported()).isEqualTo(documented);
    }

    private Map<String, String> exported() {
        Map<String, String> types = new TreeMap<>();
        scrape.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1))
                .forEach(words -> types.put(words[2], words[3]));
        Map<String, String> exported = new TreeMap<>();
        types.forEach((name, type) -> exported.put(name, type + ' ' + labels(name, type)));
        return exported;
    }

    private Set<String> labels(String metric, String type) {
        Set<String> labels = new TreeSet<>();
        scrape.lines()
                .filter(line -> !line.startsWith("#"))
                .map(SAMPLE::matcher)
                .filter(sample -> sample.matches() && sample.group(2) != null)
                .filter(sample -> sample.group(1).equals(metric)
                        || (type.equals("histogram")
                                && sample.group(1).matches(Pattern.quote(metric) + "_(bucket|sum|count)")))
                .forEach(sample ->
                        LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1))));
        labels.remove("le");
        return labels;
    }

    /** However many retries there were, and whatever resources are called. */
    @Test
    void thereAreFewSeriesAndNoneIsOfOneResource() {
        assertThat(scrape.lines().filter(line -> !line.startsWith("#"))).hasSizeLessThan(120);
        assertThat(scrape).doesNotContain("payments", "gone", "test-");
    }
}
