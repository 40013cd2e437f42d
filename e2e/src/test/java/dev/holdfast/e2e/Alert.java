package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One rule of the chart's file of alerts. */
record Alert(JsonNode rule) {

    static final Path FILE = Project.CHART.resolve("files/alerts.yaml");

    static List<Alert> all() throws IOException {
        return of(Manifests.read(Files.readString(FILE)).getFirst());
    }

    /** Of what has groups of rules. */
    static List<Alert> of(JsonNode groups) {
        var alerts = new ArrayList<Alert>();
        groups.at("/groups").forEach(group -> group.at("/rules").forEach(rule -> alerts.add(new Alert(rule))));
        return alerts;
    }

    String name() {
        return rule.at("/alert").asText();
    }

    Query query() {
        return new Query(rule.at("/expr").asText());
    }

    String severity() {
        return rule.at("/labels/severity").asText();
    }

    String annotation(String name) {
        return rule.at("/annotations/" + name).asText();
    }
}
