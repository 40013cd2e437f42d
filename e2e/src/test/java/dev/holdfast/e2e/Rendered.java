package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the chart makes of some values. */
record Rendered(List<JsonNode> manifests) {

    /** The oldest that the chart supports. */
    private static final String KUBERNETES = "1.30.0";

    /** With values as name, value, name, value. */
    static Rendered chart(String... values) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i += 2) {
            pairs.put(values[i], values[i + 1]);
        }
        return chart(pairs);
    }

    static Rendered chart(Map<String, String> values) {
        var template = template();
        values.forEach(template::set);
        return new Rendered(Manifests.read(template.call()));
    }

    /** With a file of values. */
    static Rendered chart(Path values) {
        return new Rendered(Manifests.read(text(values)));
    }

    /** As Helm prints it. */
    static String text(Path values) {
        return template().withValuesFile(values).call();
    }

    private static TemplateCommand template() {
        return new Helm(Project.CHART)
                .template()
                .withName("holdfast")
                .withNamespace("holdfast-system")
                .withKubeVersion(KUBERNETES);
    }

    List<JsonNode> ofKind(String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.at("/kind").asText().equals(kind))
                .toList();
    }

    List<String> names(String kind) {
        return ofKind(kind).stream()
                .map(manifest -> manifest.at("/metadata/name").asText())
                .toList();
    }

    JsonNode the(String kind, String name) {
        return ofKind(kind).stream()
                .filter(manifest -> manifest.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the chart makes no " + kind + " " + name));
    }
}
