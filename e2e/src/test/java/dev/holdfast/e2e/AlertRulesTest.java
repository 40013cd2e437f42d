package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts by Prometheus's own tools: each fires in its case and keeps still in its near-misses, and no part of it is idle. */
class AlertRulesTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path CASES = Project.ROOT.resolve("e2e/src/test/resources/alerts-test.yaml");
    private static final Pattern ASKED = Pattern.compile("ALERTS\\{alertname=\"(\\w+)\", alertstate=\"firing\"");
    private static final String NEVER = "vector(1) > 2";

    @TempDir
    Path folder;

    private Promtool promtool;

    @BeforeEach
    void find() {
        var found = Promtool.find();
        assumeThat(found).as("promtool is not on the PATH (Debian: prometheus)").isPresent();
        promtool = found.orElseThrow();
    }

    static List<Alert> alerts() throws IOException {
        return Alert.all();
    }

    @Test
    void canBeParsed() throws Exception {
        var result = promtool.run("check", "rules", Alert.FILE.toString());

        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).contains(Alert.all().size() + " rules found");
    }

    /** As recording rules, which is the form in which promtool reads queries. */
    @Test
    void queriesOfTheDashboardCanBeParsed() throws Exception {
        var targets = Dashboard.read().targets();
        var file = YAML.createObjectNode();
        var group = file.putArray("groups").addObject().put("name", "dashboard");
        var rules = group.putArray("rules");
        for (int i = 0; i < targets.size(); i++) {
            rules.addObject().put("record", "dashboard:" + i).put("expr", Dashboard.sent(targets.get(i)));
        }
        var path = Files.writeString(folder.resolve("dashboard.yaml"), YAML.writeValueAsString(file));

        var result = promtool.run("check", "rules", path.toString());

        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).contains(targets.size() + " rules found");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void firesInItsCaseAndKeepsStillInItsNearMisses(Alert alert) throws Exception {
        var expectations = new ArrayList<Boolean>();
        for (var test : cases(alert)) {
            expectations.add(test.at("/promql_expr_test/0/exp_samples").isEmpty());
        }
        assertThat(expectations).as("a case, and a near-miss").contains(false, true);

        var result = test(alert, alert.rule());

        assertThat(result.status()).as(result.output()).isZero();
    }

    /** Whatever is taken away from a rule, its cases notice. */
    @ParameterizedTest
    @MethodSource("alerts")
    void noPartOfItIsIdle(Alert alert) throws Exception {
        var lesser = new ArrayList<ObjectNode>();
        lesser.add(with(alert, NEVER));
        if (alert.rule().has("for")) {
            lesser.add(with(alert, alert.query().text()).without("for"));
        }
        var clauses = alert.query().text().split("\n(?=(?:unless|and|or) )", -1);
        for (int left = 1; left < clauses.length; left++) {
            var kept = new ArrayList<>(List.of(clauses));
            kept.remove(left);
            lesser.add(with(alert, String.join("\n", kept)));
        }
        for (var rule : lesser) {
            var result = test(alert, rule);

            assertThat(result.status()).as("%s with %s", alert.name(), rule).isNotZero();
            assertThat(result.output()).contains("FAILED").doesNotContain("parse error");
        }
    }

    private static ObjectNode with(Alert alert, String query) {
        return alert.rule().<ObjectNode>deepCopy().put("expr", query);
    }

    private Promtool.Result test(Alert alert, JsonNode rule) throws Exception {
        var rules = YAML.createObjectNode();
        rules.putArray("groups")
                .addObject()
                .put("name", "one")
                .putArray("rules")
                .add(rule);
        Files.writeString(folder.resolve("rules.yaml"), YAML.writeValueAsString(rules));
        var tests = (ObjectNode) YAML.readTree(Files.readString(CASES));
        tests.putArray("rule_files").add("rules.yaml");
        tests.putArray("tests").addAll(cases(alert));
        var path = Files.writeString(folder.resolve("tests.yaml"), YAML.writeValueAsString(tests));
        return promtool.run("test", "rules", path.toString());
    }

    private static List<JsonNode> cases(Alert alert) throws IOException {
        var cases = new ArrayList<JsonNode>();
        for (var test : YAML.readTree(Files.readString(CASES)).at("/tests")) {
            var asked = ASKED.matcher(test.at("/promql_expr_test/0/expr").asText());
            assertThat(asked.find()).as(test.at("/name").asText()).isTrue();
            if (asked.group(1).equals(alert.name())) {
                cases.add(test);
            }
        }
        return cases;
    }
}
