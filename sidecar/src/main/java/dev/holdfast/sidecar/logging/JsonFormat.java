package dev.holdfast.sidecar.logging;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One JSON object: {@code time}, {@code level}, {@code logger}, {@code message}, the event's own fields, {@code exception}. */
final class JsonFormat implements Format {

    private static final Set<String> OURS = Set.of("time", "level", "logger", "message", "exception");

    private final JsonFactory json = new JsonFactory();

    @Override
    public String format(Line line) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator to = json.createGenerator(text)) {
            to.writeStartObject();
            to.writeStringField("time", line.timeText());
            to.writeStringField("level", line.level().toString());
            to.writeStringField("logger", line.logger());
            to.writeStringField("message", line.message());
            for (Map.Entry<String, @Nullable Object> field : line.fields().entrySet()) {
                // No key twice in one object.
                to.writeFieldName(OURS.contains(field.getKey()) ? field.getKey() + "_" : field.getKey());
                write(to, field.getValue());
            }
            if (line.exception() != null) {
                to.writeStringField("exception", Line.stack(line.exception()));
            }
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator to, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> to.writeNull();
            case Boolean truth -> to.writeBoolean(truth);
            case Integer number -> to.writeNumber(number);
            case Long number -> to.writeNumber(number);
            case BigInteger number -> to.writeNumber(number);
            case Double number when Double.isFinite(number) -> to.writeNumber(number);
            case Iterable<?> elements -> {
                to.writeStartArray();
                for (Object element : elements) {
                    write(to, element);
                }
                to.writeEndArray();
            }
            default -> to.writeString(value.toString());
        }
    }
}
