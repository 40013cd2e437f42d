package dev.holdfast.local.resources;

import dev.holdfast.crds.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** One mapping of a YAML document, read field by field; every complaint names its file, line and path. */
final class Fields {
    private final String file;
    private final String path;
    private final int line;
    private final Map<String, Node> values;

    private Fields(String file, String path, int line, Map<String, Node> values) {
        this.file = file;
        this.path = path;
        this.line = line;
        this.values = values;
    }

    static Fields of(String file, String path, Node node) throws InvalidResource {
        if (!(node instanceof MappingNode mapping)) {
            throw new InvalidResource(
                    file, lineOf(node), place(path) + " is no mapping; write fields as \"name: value\"");
        }
        var values = new LinkedHashMap<String, Node>();
        for (var tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new InvalidResource(
                        file,
                        lineOf(tuple.getKeyNode()),
                        "a field name of " + place(path) + " is no text; write a plain name");
            }
            if (values.put(key.getValue(), tuple.getValueNode()) != null) {
                throw new InvalidResource(
                        file,
                        lineOf(key),
                        "field \"" + key.getValue() + "\" appears twice in " + place(path) + "; keep one of them");
            }
        }
        return new Fields(file, path, lineOf(node), values);
    }

    /** A mapping that was left out: every field has its default. */
    static Fields none(String file, String path, Node place) {
        return new Fields(file, path, lineOf(place), Map.of());
    }

    /** Refuses every other field. */
    Fields only(String... known) throws InvalidResource {
        var names = Set.of(known);
        for (var name : values.keySet()) {
            if (!names.contains(name)) {
                throw at(
                        name,
                        "unknown field \"" + name + "\" in " + place(path) + "; known: " + String.join(", ", known));
            }
        }
        return this;
    }

    boolean has(String name) {
        var value = values.get(name);
        // As for the API server, "field:" with nothing behind it is no field.
        return value != null && !value.getTag().equals(Tag.NULL);
    }

    @Nullable
    String text(String name) throws InvalidResource {
        var value = scalar(name);
        if (value == null) {
            return null;
        }
        if (!value.getTag().equals(Tag.STR)) {
            var type = value.getTag().equals(Tag.BOOL) ? "a boolean" : "no text";
            throw at(
                    name,
                    full(name) + ": YAML reads " + value.getValue() + " without quotes as " + type + "; write \""
                            + value.getValue() + "\" in quotes");
        }
        return value.getValue();
    }

    String text(String name, String otherwise) throws InvalidResource {
        var text = text(name);
        return text == null ? otherwise : text;
    }

    String required(String name, String whatToDo) throws InvalidResource {
        var text = text(name);
        if (text == null || text.isBlank()) {
            throw at(name, full(name) + " is missing; " + whatToDo);
        }
        return text;
    }

    @Nullable
    Integer number(String name) throws InvalidResource {
        var value = scalar(name);
        if (value == null) {
            return null;
        }
        try {
            if (value.getTag().equals(Tag.INT)) {
                return Integer.valueOf(value.getValue());
            }
        } catch (NumberFormatException _) {
            // Falls through: too large, or a notation that only YAML 1.1 knows.
        }
        throw at(name, full(name) + " is \"" + value.getValue() + "\"; write a whole number");
    }

    int number(String name, int otherwise, int least, int most) throws InvalidResource {
        var value = number(name);
        if (value == null) {
            return otherwise;
        }
        if (value < least || value > most) {
            throw at(name, full(name) + " is " + value + "; write a number from " + least + " to " + most);
        }
        return value;
    }

    @Nullable
    Duration duration(String name) throws InvalidResource {
        var value = scalar(name);
        if (value == null) {
            return null;
        }
        return DurationText.parse(value.getValue())
                .orElseThrow(() -> at(
                        name,
                        full(name) + " is \"" + value.getValue()
                                + "\", which is no duration; write for example 250ms, 10s, 2m or 1m30s"));
    }

    Duration duration(String name, Duration otherwise) throws InvalidResource {
        var duration = duration(name);
        return duration == null ? otherwise : duration;
    }

    <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) throws InvalidResource {
        var text = text(name);
        if (text == null) {
            return otherwise;
        }
        for (var constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        var known = String.join(
                ", ", Arrays.stream(type.getEnumConstants()).map(Enum::name).toList());
        throw at(name, full(name) + " is \"" + text + "\"; write one of " + known);
    }

    Optional<Fields> nested(String name) throws InvalidResource {
        return has(name) ? Optional.of(of(file, full(name), node(name))) : Optional.empty();
    }

    List<Fields> list(String name) throws InvalidResource {
        var fields = new ArrayList<Fields>();
        for (var item : items(name)) {
            fields.add(of(file, full(name) + "[" + fields.size() + "]", item));
        }
        return fields;
    }

    List<String> texts(String name) throws InvalidResource {
        var texts = new ArrayList<String>();
        for (var item : items(name)) {
            if (!(item instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.STR)) {
                throw new InvalidResource(file, lineOf(item), full(name) + " has an entry that is no text; quote it");
            }
            texts.add(scalar.getValue());
        }
        return texts;
    }

    Map<String, String> textMap(String name) throws InvalidResource {
        var nested = nested(name);
        var texts = new LinkedHashMap<String, String>();
        if (nested.isPresent()) {
            for (var key : nested.get().values.keySet()) {
                texts.put(key, nested.get().text(key, ""));
            }
        }
        return texts;
    }

    /** A complaint about one field, or about the whole mapping when the field is absent. */
    InvalidResource at(String name, String what) {
        var value = values.get(name);
        return new InvalidResource(file, value == null ? line : lineOf(value), what);
    }

    String full(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private List<Node> items(String name) throws InvalidResource {
        if (!has(name)) {
            return List.of();
        }
        if (!(node(name) instanceof SequenceNode sequence)) {
            throw at(name, full(name) + " is no list; write its entries as \"- ...\"");
        }
        return sequence.getValue();
    }

    private @Nullable ScalarNode scalar(String name) throws InvalidResource {
        if (!has(name)) {
            return null;
        }
        if (node(name) instanceof ScalarNode scalar) {
            return scalar;
        }
        throw at(name, full(name) + " is a " + node(name).getNodeId() + "; write a single value");
    }

    private Node node(String name) {
        var node = values.get(name);
        if (node == null) {
            throw new IllegalArgumentException(full(name));
        }
        return node;
    }

    private static String place(String path) {
        return path.isEmpty() ? "the document" : path;
    }

    private static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
