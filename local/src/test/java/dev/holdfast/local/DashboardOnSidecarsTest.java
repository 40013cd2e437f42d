package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The chart's dashboard and alerts on a real Prometheus that scrapes real sidecars. */
@Timeout(180)
class DashboardOnSidecarsTest {
    private static final Path FILES = Path.of("..", "helm", "holdfast", "files");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration REPLY = Duration.ofSeconds(10);
    private static final String LOCKS = """
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: payments
            spec:
              leaseDuration: 10s
            ---
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: reports
            spec:
              mode: Mutex
            """;

    /** Of sidecars outside a cluster nothing comes of these; nor of the last row, since there is no operator. */
    private static final Set<String> WITHOUT_DATA = Set.of("Failed pod conditions");

    private static final String WITHOUT_OPERATOR = "Operator";

    private record Panel(String row, String title, List<String> queries) {
        boolean hasDataHere() {
            return !row.equals(WITHOUT_OPERATOR) && !WITHOUT_DATA.contains(title);
        }
    }

    @Test
    void everyPanelHasDataAfterAnElectionAndAHandOver(@TempDir Path directory) throws Exception {
        var program = Executables.find("prometheus");
        assumeTrue(program.isPresent(), "install prometheus");
        var locks = Files.writeString(directory.resolve("locks.yaml"), LOCKS);
        try (var cluster = ExampleCluster.of(locks, 2);
                var prometheus = PrometheusServer.start(
                        cluster.leash(), program.orElseThrow(), FILES.resolve("alerts.yaml"), cluster.pods())) {
            await().atMost(SOON).until(prometheus::isReady);
            await().atMost(SOON).until(() -> answers(prometheus, "holdfast_lock_held{lock=\"payments\"} == 1"));
            await().atMost(SOON).until(() -> answers(prometheus, "sum(up) == 2"));

            resign(cluster.pods());
            takeAKey(cluster.pods().getFirst());

            var missing = new TreeSet<String>();
            await().atMost(SOON).untilAsserted(() -> {
                missing.clear();
                for (var panel : panels()) {
                    for (var query : panel.queries()) {
                        if (panel.hasDataHere() && !answers(prometheus, query)) {
                            missing.add(panel.title() + ": " + query);
                        }
                    }
                }
                assertThat(missing).isEmpty();
            });
            for (var panel : panels()) {
                if (!panel.hasDataHere()) {
                    assertThat(panel.queries()).as(panel.title()).noneMatch(query -> answers(prometheus, query));
                }
            }
            // The operator is missed in earnest here; of locks and nodes there is nothing to say.
            assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
            assertThat(prometheus.query("ALERTS{alertname=\"HoldfastOperatorNotLeading\", alertstate=\"pending\"}"))
                    .hasSize(1);
        }
    }

    private static boolean answers(PrometheusServer prometheus, String query) {
        try {
            return !prometheus.query(query).isEmpty();
        } catch (Exception e) {
            throw new AssertionError(query, e);
        }
    }

    private static void resign(List<Pod> pods) throws Exception {
        for (var pod : pods) {
            if (pod.api().lock("payments", REPLY).held()) {
                pod.api().resign("payments", REPLY);
                return;
            }
        }
        throw new AssertionError("nobody holds");
    }

    private static void takeAKey(Pod pod) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var keys = pod.api().url() + "/v1/locks/reports/keys/monday/acquire";
            var taken = client.send(
                    HttpRequest.newBuilder(URI.create(keys))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"leaseDuration\":\"5s\"}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
            var lease = new ObjectMapper().readTree(taken.body()).at("/leaseId").asText();
            var released = client.send(
                    HttpRequest.newBuilder(URI.create(pod.api().url() + "/v1/leases/" + lease))
                            .DELETE()
                            .build(),
                    BodyHandlers.ofString());
            assertThat(released.statusCode()).as(released.body()).isLessThan(300);
        }
    }

    private static List<Panel> panels() throws Exception {
        var panels = new ArrayList<Panel>();
        var row = "";
        for (var panel : new ObjectMapper()
                .readTree(Files.readString(FILES.resolve("dashboard.json")))
                .at("/panels")) {
            if (panel.at("/type").asText().equals("row")) {
                row = panel.at("/title").asText();
            } else {
                panels.add(new Panel(
                        row,
                        panel.at("/title").asText(),
                        panel.at("/targets")
                                .valueStream()
                                .map(DashboardOnSidecarsTest::sent)
                                .toList()));
            }
        }
        assertThat(panels).hasSizeGreaterThan(20);
        assertThat(panels).extracting(Panel::row).contains(WITHOUT_OPERATOR);
        assertThat(panels).extracting(Panel::title).containsAll(WITHOUT_DATA);
        return panels;
    }

    /** As Grafana sends it, with all namespaces and locks chosen. */
    private static String sent(JsonNode target) {
        return target.at("/expr")
                .asText()
                .replace("$__rate_interval", "1m")
                .replace("$__range", "5m")
                .replace("$namespace", ".*")
                .replace("$lock", ".*");
    }
}
