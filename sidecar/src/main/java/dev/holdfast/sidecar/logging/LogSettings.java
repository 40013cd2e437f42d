package dev.holdfast.sidecar.logging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How this process logs: {@code HOLDFAST_LOG_FORMAT}, json (default) or text; {@code HOLDFAST_LOG_LEVEL}, a level for all
 * loggers (default INFO) and others for some, as in {@code INFO,io.javaoperatorsdk=DEBUG}.
 *
 * @param mistakes settings that mean nothing, and what is done instead, for people
 */
record LogSettings(Format format, Levels levels, List<String> mistakes) {

    static LogSettings read(Map<String, String> environment) {
        List<String> mistakes = new ArrayList<>(0);
        String wanted = environment.getOrDefault("HOLDFAST_LOG_FORMAT", "json").strip();
        Format format = switch (wanted.toLowerCase(Locale.ROOT)) {
            case "json", "" -> new JsonFormat();
            case "text" -> new TextFormat();
            default -> {
                mistakes.add("HOLDFAST_LOG_FORMAT is \"" + wanted + "\"; json is used; set json or text");
                yield new JsonFormat();
            }
        };
        Levels levels = Levels.parse(environment.getOrDefault("HOLDFAST_LOG_LEVEL", ""), mistakes);
        return new LogSettings(format, levels, List.copyOf(mistakes));
    }
}
