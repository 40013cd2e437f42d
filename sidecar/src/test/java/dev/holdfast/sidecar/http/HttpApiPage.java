package dev.holdfast.sidecar.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;

/** The page of reference that is made from the API's description. */
final class HttpApiPage {

    private static final String HEADER = "<!-- Made from openapi.yaml; see HttpApiPageTest. -->\n";
    private static final Set<String> METHODS = Set.of("get", "post", "delete");
    private static final int WIDTH = 132;

    private final JsonObject document;
    private final StringBuilder page = new StringBuilder(HEADER);

    private HttpApiPage(JsonObject document) {
        this.document = document;
    }

    static String of(String yaml) {
        HttpApiPage page = new HttpApiPage(new JsonObject(new Yaml().<Map<String, Object>>load(yaml)));
        page.write();
        return page.page.toString();
    }

    private void write() {
        JsonObject info = document.getJsonObject("info");
        line("# HTTP API of the sidecar");
        paragraph(info.getString("description"));
        paragraph("Bodies are JSON. Errors are problem documents (RFC 9457), whose `detail` says what to do."
                + " The same as OpenAPI 3.1: `GET /openapi.yaml`.");
        for (JsonObject tag : objects(document.getJsonArray("tags"))) {
            String name = tag.getString("name");
            line("## " + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
            paragraph(tag.getString("description", ""));
            writeCalls(name);
        }
        refusals();
        schemas();
        line("---");
        paragraph(
                "Run: each line of curl by `HttpApiPageTest`, on real sidecars. The page is made from the description that"
                        + " the sidecar serves, which `OpenApiTest` compares with its answers.");
    }

    private String server() {
        return document.getJsonArray("servers").getJsonObject(0).getString("url");
    }

    private void writeCalls(String tag) {
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            JsonObject item = paths.getJsonObject(path);
            for (String method : item.fieldNames()) {
                if (METHODS.contains(method)
                        && item.getJsonObject(method).getJsonArray("tags").contains(tag)) {
                    writeCall(path, method, item.getJsonObject(method), parameters(item, method));
                }
            }
        }
    }

    private List<JsonObject> parameters(JsonObject item, String method) {
        List<JsonObject> parameters = new ArrayList<>(objects(item.getJsonArray("parameters")));
        parameters.addAll(objects(item.getJsonObject(method).getJsonArray("parameters")));
        return parameters.stream().map(this::resolve).toList();
    }

    private void writeCall(String path, String method, JsonObject call, List<JsonObject> parameters) {
        line("### `" + method.toUpperCase(Locale.ROOT) + " " + path + "`");
        paragraph(call.getString("summary") + ".");
        paragraph(call.getString("description", ""));
        line("    " + CurlLine.of(server(), path, method, call, parameters));
        List<String> given = new ArrayList<>();
        for (JsonObject parameter : parameters) {
            JsonObject schema = parameter.getJsonObject("schema");
            String otherwise = schema.containsKey("default") ? ", else " + schema.getString("default") : "";
            given.add(row(
                    "`" + parameter.getString("name") + "`",
                    parameter.getString("in") + ", " + type(schema) + otherwise,
                    text(parameter)));
        }
        JsonObject body = CurlLine.body(call).getJsonObject("schema", new JsonObject());
        for (String field : fields(body)) {
            JsonObject schema = body.getJsonObject("properties").getJsonObject(field);
            given.add(row("`" + field + "`", "body, " + type(schema), text(schema)));
        }
        table(row("parameter", "", ""), given);
        answers(call.getJsonObject("responses"));
    }

    private void answers(JsonObject responses) {
        List<String> own = new ArrayList<>();
        List<String> shared = new ArrayList<>();
        for (String status : responses.fieldNames()) {
            JsonObject response = responses.getJsonObject(status);
            if (response.containsKey("$ref") && status.compareTo("400") >= 0) {
                shared.add(status + " " + nameOf(response));
            } else {
                JsonObject resolved = resolve(response);
                own.add(row(status, content(resolved), text(resolved)));
            }
        }
        table(row("answer", "", ""), own);
        if (!shared.isEmpty()) {
            paragraph("Or a [refusal](#refusals): " + String.join(", ", shared) + ".");
        }
    }

    private void refusals() {
        line("## Refusals");
        JsonObject responses = document.getJsonObject("components").getJsonObject("responses");
        List<String> rows = new ArrayList<>();
        for (String name : responses.fieldNames()) {
            JsonObject response = responses.getJsonObject(name);
            if (response.encode().contains("problem+json")) {
                rows.add(row(name, content(response), text(response)));
            }
        }
        table(row("refusal", "", ""), rows);
    }

    private void schemas() {
        line("## Bodies");
        JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
        List<String> ofProblem = fields(schemas.getJsonObject("Problem"));
        for (String name : schemas.fieldNames()) {
            JsonObject schema = schemas.getJsonObject(name);
            line("### " + name);
            paragraph(text(schema));
            boolean isProblem = !name.equals("Problem") && fields(schema).containsAll(ofProblem);
            if (isProblem) {
                paragraph("As [Problem](#problem), and:");
            } else if (!schema.containsKey("properties")) {
                paragraph(type(schema) + examples(schema) + ".");
            }
            List<String> rows = new ArrayList<>();
            for (String field : fields(schema)) {
                if (!isProblem || !ofProblem.contains(field)) {
                    JsonObject property = schema.getJsonObject("properties").getJsonObject(field);
                    rows.add(row("`" + field + "`", type(property), text(property)));
                }
            }
            table(row("field", "", ""), rows);
        }
    }

    private static String examples(JsonObject schema) {
        List<String> examples = new ArrayList<>();
        schema.getJsonArray("examples", new JsonArray()).forEach(each -> examples.add("`" + each + "`"));
        return examples.isEmpty() ? "" : ", as " + String.join(", ", examples);
    }

    private static List<String> fields(JsonObject schema) {
        return schema.getJsonObject("properties", new JsonObject()).fieldNames().stream()
                .toList();
    }

    private static String content(JsonObject response) {
        JsonObject content = response.getJsonObject("content", new JsonObject());
        return content.fieldNames().stream()
                .map(type ->
                        type.endsWith("json") ? type(content.getJsonObject(type).getJsonObject("schema")) : type)
                .findFirst()
                .orElse("");
    }

    private static String type(JsonObject schema) {
        if (schema.containsKey("$ref")) {
            String name = nameOf(schema);
            return "[" + name + "](#" + name.toLowerCase(Locale.ROOT) + ")";
        }
        if (schema.containsKey("oneOf")) {
            return objects(schema.getJsonArray("oneOf")).stream()
                    .map(HttpApiPage::type)
                    .reduce((one, other) -> one + " or " + other)
                    .orElseThrow();
        }
        if (schema.containsKey("enum")) {
            List<String> values = new ArrayList<>();
            schema.getJsonArray("enum").forEach(value -> values.add("`" + value + "`"));
            return String.join(", ", values);
        }
        Object type = Objects.requireNonNull(schema.getValue("type"));
        if (type instanceof JsonArray several) {
            return several.getString(0) + " or " + several.getString(1);
        }
        if (type.equals("array")) {
            return "array of " + type(schema.getJsonObject("items"));
        }
        return type.equals("object") && schema.containsKey("properties") ? inline(schema) : type.toString();
    }

    /** A body that has no name, as its fields. */
    private static String inline(JsonObject schema) {
        return "`" + String.join("`, `", fields(schema)) + "`";
    }

    private JsonObject resolve(JsonObject object) {
        return OpenApi.resolve(document, object);
    }

    private static String nameOf(JsonObject reference) {
        String whole = reference.getString("$ref");
        return whole.substring(whole.lastIndexOf('/') + 1);
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array == null
                ? List.of()
                : array.stream().map(each -> (JsonObject) each).toList();
    }

    private static String text(JsonObject described) {
        return described.getString("description", "").strip().replaceAll("\\s+", " ");
    }

    private static String row(String... cells) {
        return ("| " + String.join(" | ", cells) + " |").replace("|  |", "| |").replace("|  |", "| |");
    }

    private void table(String head, List<String> rows) {
        if (!rows.isEmpty()) {
            line(head + "\n|---|---|---|\n" + String.join("\n", rows));
        }
    }

    /** Folded, as the project's other pages are. */
    private void paragraph(String text) {
        StringBuilder folded = new StringBuilder();
        int column = 0;
        for (String word : text.strip().split("\\s+")) {
            boolean fits = column + word.length() < WIDTH;
            folded.append(column == 0 ? "" : fits ? " " : "\n").append(word);
            column = fits ? column + word.length() + 1 : word.length() + 1;
        }
        if (!folded.isEmpty()) {
            line(folded.toString());
        }
    }

    private void line(String text) {
        page.append('\n').append(text).append('\n');
    }
}
