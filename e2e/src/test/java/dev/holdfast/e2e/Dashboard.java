package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The chart's dashboard of Grafana. */
record Dashboard(JsonNode json) {

    static Dashboard read() throws IOException {
        return new Dashboard(
                new ObjectMapper().readTree(Files.readString(Project.CHART.resolve("files/dashboard.json"))));
    }

    /** Those that show something, without headings of rows. */
    List<JsonNode> panels() {
        var panels = new ArrayList<JsonNode>();
        json.at("/panels").forEach(panel -> {
            if (!panel.at("/type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    List<JsonNode> targets() {
        return panels().stream()
                .flatMap(panel -> panel.at("/targets").valueStream())
                .toList();
    }

    static Query query(JsonNode target) {
        return new Query(target.at("/expr").asText());
    }

    /** As Grafana would send it, with all namespaces and locks chosen. */
    static String sent(JsonNode target) {
        return target.at("/expr")
                .asText()
                .replace("$__rate_interval", "1m")
                .replace("$__range", "1h")
                .replace("$namespace", ".*")
                .replace("$lock", ".*");
    }
}
