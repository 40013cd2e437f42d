package dev.holdfast.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionNames;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page of reference that is made from the definitions of the resources. */
final class ResourcesPage {

    private static final String HEADER = """
            <!-- Made from crds/*.yml; see ResourcesPageTest. -->
            # Resources

            Field by field, as the API server checks them; it refuses what breaks a rule, with the words that are quoted here. Durations
            are written as `10s`, `1m30s` or `500ms`. What each condition means and what to do about it:
            [operating Holdfast](../how-to/operate.md).
            """;

    private static final String FOOT = """

            ---

            No commands on this page. It is made from the definitions, which `CrdRulesTest` tries on a real API server.
            """;

    private final StringBuilder page = new StringBuilder();

    private ResourcesPage() {}

    static String of(List<CustomResourceDefinition> definitions) {
        ResourcesPage page = new ResourcesPage();
        page.page.append(HEADER);
        definitions.forEach(page::write);
        page.page.append(FOOT);
        return page.page.toString();
    }

    private void write(CustomResourceDefinition definition) {
        CustomResourceDefinitionNames names = definition.getSpec().getNames();
        CustomResourceDefinitionVersion version =
                definition.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        line("");
        line("## " + names.getKind());
        line("");
        line("`apiVersion: " + definition.getSpec().getGroup() + '/' + version.getName() + "`, `kind: "
                + names.getKind()
                + "`, namespaced; for kubectl `" + names.getPlural() + "`, short `"
                + String.join("`, `", names.getShortNames()) + "`. Columns: "
                + version.getAdditionalPrinterColumns().stream()
                        .map(CustomResourceColumnDefinition::getName)
                        .collect(Collectors.joining(", "))
                + '.');
        rules("The name", root);
        table("Spec", property(root, "spec"), "spec");
        rules("Of the whole spec", property(root, "spec"));
        table("Status", property(root, "status"), "status");
    }

    private void table(String title, JSONSchemaProps schema, String path) {
        line("");
        line("### " + title);
        line("");
        line("| field | type | default | meaning and rules |");
        line("|---|---|---|---|");
        rows(schema, path);
    }

    private void rows(JSONSchemaProps schema, String path) {
        Map<String, JSONSchemaProps> properties = Objects.requireNonNullElse(schema.getProperties(), Map.of());
        List<String> required = Objects.requireNonNullElse(schema.getRequired(), List.of());
        properties.forEach((name, field) -> {
            String full = path + '.' + name;
            // The path from the spec or the status on.
            String shown = full.substring(full.indexOf('.') + 1);
            line("| `" + shown + "` | " + type(field) + " | " + standard(field, required.contains(name)) + " | "
                    + meaning(field) + " |");
            if (!name.equals("conditions")) {
                rows(field, full);
                items(field).ifPresent(item -> rows(item, full + "[]"));
            }
        });
    }

    private static Optional<JSONSchemaProps> items(JSONSchemaProps field) {
        return Optional.ofNullable(field.getItems()).map(items -> items.getSchema());
    }

    private static String type(JSONSchemaProps field) {
        if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
            return "number or name";
        }
        if (field.getPattern() != null && field.getPattern().equals(DurationField.PATTERN)) {
            return "duration";
        }
        if (field.getEnum() != null && !field.getEnum().isEmpty()) {
            return field.getEnum().stream()
                    .map(value -> '`' + value.asText() + '`')
                    .collect(Collectors.joining(", "));
        }
        if (field.getAdditionalProperties() != null) {
            return "map of strings";
        }
        return switch (field.getType()) {
            case "array" ->
                "list of "
                        + items(field)
                                .map(item -> item.getType().equals("object") ? "objects" : item.getType() + 's')
                                .orElse("objects");
            case "integer" -> "number";
            case String other -> other;
        };
    }

    private static String standard(JSONSchemaProps field, boolean required) {
        if (field.getDefault() != null) {
            return '`' + field.getDefault().asText() + '`';
        }
        return required ? "required" : "";
    }

    private static String meaning(JSONSchemaProps field) {
        return Stream.of(
                        Stream.ofNullable(field.getDescription()),
                        bounds(field),
                        messages(field).map(message -> '"' + message + "\"."))
                .flatMap(parts -> parts)
                .collect(Collectors.joining(" "))
                .replace("|", "\\|");
    }

    private static Stream<String> bounds(JSONSchemaProps field) {
        List<String> bounds = new ArrayList<>();
        if (field.getMinimum() != null && field.getMaximum() != null) {
            bounds.add("From " + plain(field.getMinimum()) + " to " + plain(field.getMaximum()) + '.');
        }
        if (field.getMaxItems() != null) {
            bounds.add(entries(field));
        }
        boolean isDuration = DurationField.PATTERN.equals(field.getPattern());
        if (field.getMaxLength() != null && !isDuration) {
            bounds.add("At most " + field.getMaxLength() + " characters.");
        }
        if (field.getPattern() != null && !isDuration) {
            bounds.add("Must match `" + field.getPattern() + "`.");
        }
        return bounds.stream();
    }

    private static String entries(JSONSchemaProps field) {
        return (field.getMinItems() == null ? "At most " : field.getMinItems() + " to ") + field.getMaxItems()
                + " entries.";
    }

    private static String plain(Number number) {
        return Long.toString(number.longValue());
    }

    private static Stream<String> messages(JSONSchemaProps field) {
        return Objects.requireNonNullElse(field.getXKubernetesValidations(), List.<ValidationRule>of()).stream()
                .map(ValidationRule::getMessage)
                .distinct();
    }

    private void rules(String about, JSONSchemaProps schema) {
        List<String> messages = messages(schema).toList();
        if (!messages.isEmpty()) {
            line("");
            line(about + ": "
                    + messages.stream().map(message -> '"' + message + '"').collect(Collectors.joining("; ")) + '.');
        }
    }

    private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
