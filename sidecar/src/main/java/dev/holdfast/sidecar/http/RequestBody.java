package dev.holdfast.sidecar.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON object that a call brings. A mistake is an {@link IllegalArgumentException} that names what is allowed. */
final class RequestBody {

    /** In bytes: many times what any call needs. */
    static final int LARGEST = 4096;

    private final JsonObject json;

    /**
     * Reads it.
     *
     * @param body null or empty: no fields
     * @param known all fields that the call takes
     * @param example of a body, for whoever sent another thing
     */
    RequestBody(@Nullable Buffer body, List<String> known, String example) {
        json = body == null || body.length() == 0 ? new JsonObject() : parse(body, example);
        for (String field : json.fieldNames()) {
            if (!known.contains(field)) {
                throw new IllegalArgumentException("unknown field \"" + field + "\"; known: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    private static JsonObject parse(Buffer body, String example) {
        try {
            return body.toJsonObject();
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("the body is no JSON object; send for example " + example, e);
        }
    }

    Optional<String> text(String field) {
        Object value = json.getValue(field);
        return switch (value) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            default -> throw new IllegalArgumentException(field + " is " + value + "; give a text");
        };
    }

    Duration duration(String field, Duration otherwise, DurationLimits limits) {
        Object value = json.getValue(field);
        return value == null ? otherwise : limits.parse(field, String.valueOf(value));
    }

    boolean flag(String field, boolean otherwise) {
        Object value = json.getValue(field);
        return switch (value) {
            case null -> otherwise;
            case Boolean flag -> flag;
            default -> throw new IllegalArgumentException(field + " is " + value + "; give true or false");
        };
    }
}
