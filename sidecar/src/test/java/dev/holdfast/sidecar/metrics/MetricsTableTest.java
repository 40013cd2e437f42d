package dev.holdfast.sidecar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The reference of metrics says what a real election exports, neither more nor less. */
@Timeout(60)
class MetricsTableTest {

    private static final Path REFERENCE = Path.of("../docs/reference/metrics.md");
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Set<String> UNITS = Set.of("seconds", "bytes");

    /** Names that only this installation has. */
    private static final Set<String> OPEN_LABELS = Set.of("lock", "node_set", "node");

    private static RedisCluster cluster;
    private static Scraped exported;

    @BeforeAll
    static void elect() throws Exception {
        SidecarMetrics metrics = new SidecarMetrics();
        cluster = new RedisCluster(3, LEASE);
        Redlock redlock = cluster.client("pod-a", metrics.observer("default", 3));
        metrics.add("default", redlock);
        metrics.addPodConditionFailures(() -> 0);
        try (Election election = new Election(redlock, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC())) {
            metrics.add(election);
            election.start();
            await().until(() ->
                    Scraped.of(metrics.scrape()).value("holdfast_lock_renewals_total", "outcome", "renewed") > 0);
            exported = Scraped.of(metrics.scrape());
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** The rows of the table under a heading, cells stripped of their quotes. */
    private static List<List<String>> rows(String heading) throws Exception {
        List<List<String>> rows = Files.readString(REFERENCE)
                .split("(?m)^## " + heading + "$", -1)[1]
                .lines()
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split("\\|", -1))
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .map(cells -> cells.subList(1, cells.size() - 1))
                .toList();
        assertThat(rows).isNotEmpty();
        return rows;
    }

    private static Set<String> words(String cell) {
        return Stream.of(cell.split("[,\\s]+", -1))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labels(String metric) {
        Set<String> labels = new TreeSet<>();
        exported.samplesOf(metric)
                .forEach(sample -> labels.addAll(sample.labels().keySet()));
        labels.remove("le");
        return labels;
    }

    @Test
    void theTableNamesTheMetricsThatAreExportedWithTheirTypesAndLabels() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        rows("Metrics").forEach(row -> documented.put(row.get(0), row.get(1) + " " + words(row.get(2))));
        Map<String, String> actual = new TreeMap<>();
        exported.types().forEach((name, type) -> actual.put(name, type + " " + labels(name)));

        assertThat(documented).isEqualTo(actual);
    }

    @Test
    void eachRowSaysItsUnitWhatItMeansAndWhatToAskOfIt() throws Exception {
        for (List<String> row : rows("Metrics")) {
            assertThat(row).as(row.getFirst()).hasSize(6);
            assertThat(row.get(4)).as("meaning of %s", row.getFirst()).isNotEmpty();
            assertThat(row.get(5)).as("use of %s", row.getFirst()).isNotEmpty();
            String name = row.get(0).replace("_total", "");
            String unit = UNITS.stream()
                    .filter(known -> name.endsWith("_" + known))
                    .findAny()
                    .orElse("1");
            assertThat(row.get(3)).as("unit of %s", row.getFirst()).isEqualTo(unit);
        }
    }

    @Test
    void theTableOfLabelsNamesTheValuesThatAreExported() throws Exception {
        Map<String, Set<String>> documented = new TreeMap<>();
        rows("Label values").forEach(row -> documented.put(row.get(0) + " " + row.get(1), words(row.get(2))));
        Map<String, Set<String>> actual = new TreeMap<>();
        for (String metric : exported.types().keySet()) {
            for (Scraped.Sample sample : exported.samplesOf(metric)) {
                sample.labels().forEach((label, value) -> {
                    if (!OPEN_LABELS.contains(label) && !label.equals("le") && !value.isEmpty()) {
                        actual.computeIfAbsent(label + " " + metric, _ -> new TreeSet<>())
                                .add(value);
                    }
                });
            }
        }

        assertThat(documented).isEqualTo(actual);
    }

    @Test
    void namesAndHelpTextsFollowTheConventionsOfPrometheus() {
        exported.types().forEach((name, type) -> {
            assertThat(exported.helps().get(name)).as("help of %s", name).isNotBlank();
            assertThat(name)
                    .matches("(holdfast|jvm|process)_[a-z_]+")
                    .doesNotContain("_milli", "_minutes", "_counter", "_gauge");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
            if (type.equals("histogram")) {
                assertThat(name).endsWith("_seconds");
            }
        });
    }

    @Test
    void thereAreFewSeries() {
        exported.types()
                .keySet()
                .forEach(metric -> assertThat(exported.samplesOf(metric).stream()
                                .filter(sample -> sample.name().endsWith("_bucket"))
                                .map(sample -> sample.labels().get("le"))
                                .distinct())
                        .hasSizeLessThanOrEqualTo(12));
        assertThat(exported.samples()).hasSizeLessThan(200);
    }
}
