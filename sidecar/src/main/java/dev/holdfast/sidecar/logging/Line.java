package dev.holdfast.sidecar.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What is told of one event.
 *
 * @param fields by key, in order, of the types that the code gave
 */
record Line(
        Instant time,
        Level level,
        String logger,
        String message,
        Map<String, @Nullable Object> fields,
        @Nullable Throwable exception) {

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    /** RFC 3339, in UTC, to the millisecond. */
    String timeText() {
        return MILLISECONDS.format(time);
    }

    /** An exception with its stack, its causes, and theirs. */
    static String stack(Throwable exception) {
        StringWriter text = new StringWriter();
        exception.printStackTrace(new PrintWriter(text, true));
        return text.toString().stripTrailing();
    }
}
