package dev.holdfast.sidecar.http;

import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The query of a call. A mistake is an {@link IllegalArgumentException} that names what is allowed. */
final class QueryParameters {

    private final MultiMap values;

    /** @param known all that the call takes */
    QueryParameters(MultiMap values, List<String> known) {
        this.values = values;
        for (String name : values.names()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("unknown query parameter \"" + name + "\"; known: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
            if (values.getAll(name).size() > 1) {
                throw new IllegalArgumentException("query parameter " + name + " is given twice; give it once");
            }
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Duration duration(String name, Duration otherwise, DurationLimits limits) {
        return text(name).map(text -> limits.parse(name, text)).orElse(otherwise);
    }
}
