package dev.holdfast.sidecar.logging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.event.Level;

/** From which level on a logger writes: that of the longest beginning of its name, up to a dot, that has one of its own. */
final class Levels {

    private final Level ofMost;
    private final Map<String, Level> ofSome;

    private Levels(Level ofMost, Map<String, Level> ofSome) {
        this.ofMost = ofMost;
        this.ofSome = ofSome;
    }

    /** Parses {@code LEVEL,logger=LEVEL,…}; what means nothing is left out and added to the mistakes. */
    static Levels parse(String text, List<String> mistakes) {
        Level ofMost = Level.INFO;
        Map<String, Level> ofSome = new TreeMap<>();
        for (String part : new ArrayList<>(List.of(text.split(",", -1)))) {
            String setting = part.strip();
            int equals = setting.indexOf('=');
            Optional<Level> level = level(setting.substring(equals + 1).strip());
            if (level.isEmpty() && !setting.isEmpty()) {
                mistakes.add("HOLDFAST_LOG_LEVEL has \"" + setting
                        + "\", which is ignored; set TRACE, DEBUG, INFO, WARN or ERROR, or logger=LEVEL");
            } else if (level.isPresent() && equals < 0) {
                ofMost = level.orElseThrow();
            } else if (level.isPresent()) {
                ofSome.put(setting.substring(0, equals).strip(), level.orElseThrow());
            }
        }
        return new Levels(ofMost, ofSome);
    }

    private static Optional<Level> level(String name) {
        try {
            return Optional.of(Level.valueOf(name.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    Level of(String logger) {
        for (int end = logger.length(); end > 0; end = logger.lastIndexOf('.', end - 1)) {
            Level level = ofSome.get(logger.substring(0, end));
            if (level != null) {
                return level;
            }
        }
        return ofMost;
    }
}
