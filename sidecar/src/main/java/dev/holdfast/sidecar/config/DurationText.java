package dev.holdfast.sidecar.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the resources and the API write them: {@code 250ms}, {@code 10s}, {@code 1m30s}, {@code 1h}. */
public final class DurationText {

    private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,12}(ms|s|m|h))+");
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L);

    private DurationText() {}

    /**
     * Parses a duration.
     *
     * @throws IllegalArgumentException if it is not of that form, with what is
     */
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no duration; write for example 250ms, 10s or 1m30s");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long unit = MILLIS.getOrDefault(part.group(2), 0L);
            sum = sum.plusMillis(Math.multiplyExact(Long.parseLong(part.group(1)), unit));
        }
        return sum;
    }
}
