package dev.holdfast.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.crds.DurationText;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads an environment variable by variable, and remembers what is wrong; after a mistake the value means nothing. */
final class Settings {

    private static final int LONGEST_NAME = 63;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final String LEVEL = "(?i:TRACE|DEBUG|INFO|WARN|ERROR)";
    private static final Pattern LEVELS =
            Pattern.compile("(" + LEVEL + "|[\\w.$-]+=" + LEVEL + ")(," + "[\\w.$-]+=" + LEVEL + ")*");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment;
    private final List<String> mistakes = new ArrayList<>(0);

    Settings(Map<String, String> environment) {
        this.environment = environment;
    }

    private String text(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    String required(String variable, String meaning) {
        String text = text(variable);
        if (text.isEmpty()) {
            mistake(variable + " is not set; set it to " + meaning);
        }
        return text;
    }

    String namespace(String variable, String meaning) {
        String text = required(variable, meaning);
        if (!text.isEmpty() && !isName(text)) {
            mistake(variable + " is \"" + text + "\"; set it to " + meaning);
        }
        return text;
    }

    /** Separated by commas; empty: none is named. */
    Set<String> namespaces(String variable) {
        Set<String> names = Arrays.stream(text(variable).split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        names.stream()
                .filter(name -> !isName(name))
                .sorted()
                .forEach(name -> mistake(variable + " names \"" + name
                        + "\", which no namespace can be called; list namespaces, separated by commas"));
        return names;
    }

    String name(String variable, String otherwise) {
        String text = text(variable).isEmpty() ? otherwise : text(variable);
        if (!isName(text)) {
            mistake(variable + " is \"" + text + "\"; set an object's name: lower-case letters, digits and '-'");
        }
        return text;
    }

    private static boolean isName(String text) {
        return text.length() <= LONGEST_NAME && NAME.matcher(text).matches();
    }

    /** The first one if it is not set. */
    String oneOf(String variable, String otherwise, String... others) {
        String text = text(variable).isEmpty() ? otherwise : text(variable);
        if (!text.equals(otherwise) && !List.of(others).contains(text)) {
            mistake(variable + " is \"" + text + "\"; set "
                    + Stream.concat(Stream.of(otherwise), Stream.of(others)).collect(Collectors.joining(", ")));
        }
        return text;
    }

    /** A level, and others for some loggers; empty if it is not set. */
    String logLevel(String variable) {
        String text = text(variable);
        if (!text.isEmpty() && !LEVELS.matcher(text).matches()) {
            mistake(
                    variable + " is \"" + text
                            + "\"; set TRACE, DEBUG, INFO, WARN or ERROR, and others for some loggers as in INFO,io.vertx=DEBUG");
        }
        return text;
    }

    /** By its whole path; empty if it is not set. */
    String directory(String variable) {
        String text = text(variable);
        if (!text.isEmpty() && !text.startsWith("/")) {
            mistake(variable + " is \"" + text + "\"; set the whole path of a directory, from / on");
        }
        return text;
    }

    /** As JSON. */
    ResourceRequirements resources(String variable, ResourceRequirements otherwise) {
        String text = text(variable);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            ResourceRequirements resources = JSON.readValue(text, ResourceRequirements.class);
            Stream.of(resources.getRequests(), resources.getLimits())
                    .flatMap(amounts -> amounts.values().stream())
                    .forEach(Quantity::getNumericalAmount);
            if (resources.getAdditionalProperties().isEmpty()) {
                return resources;
            }
        } catch (JsonProcessingException | RuntimeException _) {
            // Said below.
        }
        mistake(variable + " is \"" + text
                + "\"; set it to JSON such as {\"requests\":{\"memory\":\"96Mi\"},\"limits\":{\"memory\":\"160Mi\"}}");
        return otherwise;
    }

    /** As JSON, with no other fields than these; empty if it is not set. */
    Map<String, Object> object(String variable, Set<String> fields) {
        String text = text(variable);
        if (text.isEmpty()) {
            return Map.of();
        }
        try {
            Map<String, Object> object = JSON.readValue(text, new TypeReference<Map<String, Object>>() {});
            if (object != null && fields.containsAll(object.keySet())) {
                return Map.copyOf(object);
            }
        } catch (JsonProcessingException | RuntimeException _) {
            // Said below.
        }
        mistake(variable + " is \"" + text + "\"; set it to a JSON object with some of "
                + fields.stream().sorted().collect(Collectors.joining(", ")));
        return Map.of();
    }

    int port(String variable, int otherwise) {
        String text = text(variable).isEmpty() ? Integer.toString(otherwise) : text(variable);
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        mistake(variable + " is \"" + text + "\"; set a port from 1 to 65535");
        return otherwise;
    }

    Duration duration(String variable, Duration otherwise) {
        String text = text(variable);
        if (text.isEmpty()) {
            return otherwise;
        }
        Optional<Duration> duration = DurationText.parse(text);
        if (duration.isEmpty()) {
            mistake(variable + " is \"" + text + "\"; set a duration such as 90s or 5m");
        }
        return duration.orElse(otherwise);
    }

    void mistake(String message) {
        mistakes.add(message);
    }

    void refuseMistakes() {
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join(". ", mistakes));
        }
    }
}
