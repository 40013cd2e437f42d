package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** A description of an API, and whether answers are as it says. Knows the part of JSON Schema that this API needs. */
final class OpenApi {

    private static final List<String> METHODS = List.of("get", "post", "put", "delete", "patch");

    /** Or something is documented that nothing here compares with the answers. */
    private static final Set<String> KNOWN = Set.of(
            "$ref",
            "additionalProperties",
            "description",
            "enum",
            "examples",
            "exclusiveMaximum",
            "format",
            "items",
            "minimum",
            "oneOf",
            "pattern",
            "properties",
            "required",
            "type");

    private final JsonObject document;

    OpenApi(String yaml) {
        document = new JsonObject(new Yaml().<Map<String, Object>>load(yaml));
    }

    String version() {
        return document.getString("openapi");
    }

    /** Each call as method and path. */
    Set<String> calls() {
        Set<String> calls = new TreeSet<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            for (String method : paths.getJsonObject(path).fieldNames()) {
                if (METHODS.contains(method)) {
                    calls.add(method.toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        return calls;
    }

    /** Each call with each of its status codes. */
    Set<String> answers() {
        Set<String> answers = new TreeSet<>();
        calls().forEach(call -> operation(call)
                .getJsonObject("responses")
                .fieldNames()
                .forEach(status -> answers.add(call + " " + status)));
        return answers;
    }

    private JsonObject operation(String call) {
        String method = call.substring(0, call.indexOf(' '));
        return document.getJsonObject("paths")
                .getJsonObject(call.substring(method.length() + 1))
                .getJsonObject(method.toLowerCase(Locale.ROOT));
    }

    /** Fails unless the answer has a documented status and content type, and exactly the documented fields. */
    void check(String call, int status, String contentType, String body) {
        JsonObject responses = operation(call).getJsonObject("responses");
        assertThat(responses.fieldNames()).as(call).contains(Integer.toString(status));
        JsonObject content =
                resolve(responses.getJsonObject(Integer.toString(status))).getJsonObject("content");
        if (content == null) {
            assertThat(contentType + body).as(call + " " + status).isEmpty();
            return;
        }
        assertThat(content.fieldNames()).as(call + " " + status).containsExactly(contentType);
        JsonObject schema = content.getJsonObject(contentType).getJsonObject("schema");
        Object value = contentType.endsWith("json") ? Json.decodeValue(body) : body;
        List<String> mistakes = new ArrayList<>();
        check(value, schema, "answer", mistakes);
        assertThat(mistakes).as(call + " " + status + ": " + body).isEmpty();
    }

    private JsonObject resolve(JsonObject object) {
        return resolve(document, object);
    }

    /** What a reference refers to; anything else is itself. */
    static JsonObject resolve(JsonObject document, JsonObject object) {
        String reference = object.getString("$ref");
        if (reference == null) {
            return object;
        }
        JsonObject found = document;
        for (String step : reference.substring("#/".length()).split("/")) {
            found = found.getJsonObject(step);
        }
        return found;
    }

    private void check(Object value, JsonObject reference, String where, List<String> mistakes) {
        JsonObject schema = resolve(reference);
        assertThat(KNOWN).as(where).containsAll(schema.fieldNames());
        if (schema.containsKey("oneOf")) {
            long fitting = schema.getJsonArray("oneOf").stream()
                    .filter(each -> {
                        List<String> found = new ArrayList<>();
                        check(value, (JsonObject) each, where, found);
                        return found.isEmpty();
                    })
                    .count();
            require(fitting == 1, where + " fits " + fitting + " of oneOf", mistakes);
            return;
        }
        Object type = schema.getValue("type");
        List<Object> types =
                type instanceof JsonArray several ? several.stream().toList() : List.of(type);
        if (!types.contains(typeOf(value))) {
            mistakes.add(where + " is " + typeOf(value) + ", not " + types);
            return;
        }
        require(
                !schema.containsKey("enum") || schema.getJsonArray("enum").contains(value),
                where + " is none of the enum: " + value,
                mistakes);
        switch (value) {
            case JsonObject object -> checkFields(object, schema, where, mistakes);
            case JsonArray array ->
                array.forEach(item -> check(item, schema.getJsonObject("items"), where + "[]", mistakes));
            case Number number -> {
                require(
                        number.longValue() >= schema.getLong("minimum", Long.MIN_VALUE),
                        where + " too small",
                        mistakes);
                require(
                        number.longValue() < schema.getLong("exclusiveMaximum", Long.MAX_VALUE),
                        where + " too large",
                        mistakes);
            }
            case String text -> checkText(text, schema, where, mistakes);
            case null, default -> {}
        }
    }

    private void checkFields(JsonObject object, JsonObject schema, String where, List<String> mistakes) {
        JsonObject properties = schema.getJsonObject("properties");
        assertThat(schema.getBoolean("additionalProperties")).as(where).isFalse();
        Set<String> required = new TreeSet<>();
        schema.getJsonArray("required", new JsonArray()).forEach(name -> required.add((String) name));
        require(object.fieldNames().containsAll(required), where + " lacks one of " + required, mistakes);
        for (String name : object.fieldNames()) {
            if (properties.containsKey(name)) {
                check(object.getValue(name), properties.getJsonObject(name), where + "." + name, mistakes);
            } else {
                mistakes.add(where + "." + name + " is not documented");
            }
        }
    }

    private static void checkText(String text, JsonObject schema, String where, List<String> mistakes) {
        if ("date-time".equals(schema.getString("format"))) {
            try {
                Instant.parse(text);
            } catch (DateTimeParseException _) {
                mistakes.add(where + " is no date-time: " + text);
            }
        }
        String pattern = schema.getString("pattern", "");
        require(Pattern.compile(pattern).matcher(text).find(), where + " does not match " + pattern, mistakes);
    }

    private static void require(boolean so, String otherwise, List<String> mistakes) {
        if (!so) {
            mistakes.add(otherwise);
        }
    }

    private static String typeOf(Object value) {
        return switch (value) {
            case null -> "null";
            case String _ -> "string";
            case Boolean _ -> "boolean";
            case Integer _, Long _ -> "integer";
            case Number _ -> "number";
            case JsonArray _ -> "array";
            default -> "object";
        };
    }
}
