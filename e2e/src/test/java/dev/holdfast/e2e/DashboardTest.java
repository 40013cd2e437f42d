package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each panel of the dashboard asks for what is exported and says what to look for. */
class DashboardTest {

    private static final Pattern SHOWN = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(?!__)(\\w+)");
    private static final Pattern ASKED = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final int WIDTH = 24;

    @Test
    void eachPanelHasATitleADescriptionAUnitAndQueries() throws IOException {
        assertThat(Dashboard.read().panels()).hasSizeGreaterThan(20).allSatisfy(panel -> {
            assertThat(panel.at("/title").asText()).isNotBlank();
            assertThat(panel.at("/description").asText()).as(title(panel)).hasSizeGreaterThan(20);
            assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                    .as(title(panel))
                    .isIn("none", "s", "percentunit", "ops", "reqps", "bytes");
            assertThat(panel.at("/targets")).as(title(panel)).isNotEmpty();
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        });
    }

    @Test
    void everyPartHasAnIdAndAPlaceOfItsOwn() throws IOException {
        var ids = new HashSet<Integer>();
        var places = new HashSet<List<Integer>>();
        int taken = 0;
        for (var panel : Dashboard.read().json().at("/panels")) {
            assertThat(ids.add(panel.at("/id").asInt()))
                    .as("id of %s", title(panel))
                    .isTrue();
            var grid = panel.at("/gridPos");
            for (int x = 0; x < grid.at("/w").asInt(); x++) {
                assertThat(grid.at("/x").asInt() + x).as(title(panel)).isLessThan(WIDTH);
                for (int y = 0; y < grid.at("/h").asInt(); y++) {
                    places.add(List.of(grid.at("/x").asInt() + x, grid.at("/y").asInt() + y));
                    taken++;
                }
            }
        }
        assertThat(places).hasSize(taken);
        assertThat(Dashboard.read().panels()).extracting(DashboardTest::title).doesNotHaveDuplicates();
    }

    @Test
    void asksForWhatTheReferenceOfMetricsHas() throws IOException {
        var reference = MetricsReference.read();

        assertThat(Dashboard.read().targets()).hasSizeGreaterThan(30).allSatisfy(target -> {
            var query = Dashboard.query(target);
            assertThat(query.series()).as(query.text()).isNotEmpty();
            assertThat(query.unknownTo(reference)).as(query.text()).isEmpty();
            assertThat(SHOWN.matcher(target.at("/legendFormat").asText())
                            .results()
                            .map(label -> label.group(1)))
                    .as(query.text())
                    .allSatisfy(label -> assertThat(query.groupings()).contains(label));
        });
    }

    @Test
    void usesTheVariablesThatItHas() throws IOException {
        var dashboard = Dashboard.read();
        var declared = new HashSet<String>();
        dashboard
                .json()
                .at("/templating/list")
                .forEach(variable -> declared.add(variable.at("/name").asText()));
        var used = new HashSet<String>();
        VARIABLE.matcher(dashboard.json().toString())
                .results()
                .map(found -> found.group(1))
                .forEach(used::add);

        assertThat(declared).containsExactlyInAnyOrder("datasource", "namespace", "lock");
        assertThat(used).isEqualTo(declared);
    }

    @Test
    void offersTheNamespacesAndLocksThatThereAre() throws IOException {
        var reference = MetricsReference.read();
        int asked = 0;
        for (var variable : Dashboard.read().json().at("/templating/list")) {
            var query = ASKED.matcher(variable.at("/query/query").asText());
            if (query.matches()) {
                asked++;
                assertThat(new Query(query.group(1)).unknownTo(reference)).isEmpty();
                assertThat(query.group(2)).isEqualTo(variable.at("/name").asText());
            }
        }
        assertThat(asked).isEqualTo(2);
    }

    /** So that nobody adds a metric and forgets that somebody wants to see it. */
    @Test
    void showsEveryMetricOfTheSidecar() throws IOException {
        var reference = MetricsReference.read();
        var shown = new HashSet<String>();
        Dashboard.read()
                .targets()
                .forEach(target ->
                        Dashboard.query(target).series().forEach(series -> shown.add(reference.metricOf(series))));

        assertThat(reference.types().keySet().stream().filter(metric -> metric.startsWith("holdfast_")))
                .hasSizeGreaterThan(15)
                .allSatisfy(metric -> assertThat(shown).contains(metric));
    }

    private static String title(JsonNode panel) {
        return panel.at("/title").asText();
    }
}
