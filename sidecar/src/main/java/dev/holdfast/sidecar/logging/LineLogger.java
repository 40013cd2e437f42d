package dev.holdfast.sidecar.logging;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.MDCAdapter;

/** Makes a line of each event that its level lets through. Thread-safe. */
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {

    private final int least;
    private final transient Output output;
    private final transient Clock clock;
    private final transient MDCAdapter context;

    LineLogger(String name, Level least, Output output, Clock clock, MDCAdapter context) {
        this.name = name;
        this.least = least.toInt();
        this.output = output;
        this.clock = clock;
        this.context = context;
    }

    @Override
    public boolean isTraceEnabled() {
        return writes(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return writes(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return writes(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return writes(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return writes(Level.ERROR);
    }

    private boolean writes(Level level) {
        return level.toInt() >= least;
    }

    /** An event of the fluent calls: the only ones with keys and values. */
    @Override
    public void log(LoggingEvent event) {
        write(
                event.getLevel(),
                event.getMessage(),
                event.getArgumentArray(),
                event.getKeyValuePairs(),
                event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable Throwable exception) {
        write(level, message, arguments, null, exception);
    }

    private void write(
            Level level,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable List<KeyValuePair> pairs,
            @Nullable Throwable exception) {
        String text = arguments == null ? message : MessageFormatter.basicArrayFormat(message, arguments);
        output.write(new Line(clock.instant(), level, name, String.valueOf(text), fields(pairs), exception));
    }

    private Map<String, @Nullable Object> fields(@Nullable List<KeyValuePair> pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (pairs != null) {
            pairs.forEach(pair -> fields.put(pair.key, pair.value));
        }
        Map<String, String> surroundings = context.getCopyOfContextMap();
        if (surroundings != null) {
            surroundings.forEach(fields::putIfAbsent);
        }
        return fields;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }
}
