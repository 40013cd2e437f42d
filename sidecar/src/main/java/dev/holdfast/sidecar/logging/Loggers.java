package dev.holdfast.sidecar.logging;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.spi.MDCAdapter;

/** One logger per name. Thread-safe. */
final class Loggers implements ILoggerFactory {

    private final Levels levels;
    private final Output output;
    private final Clock clock;
    private final MDCAdapter context;
    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

    Loggers(Levels levels, Output output, Clock clock, MDCAdapter context) {
        this.levels = levels;
        this.output = output;
        this.clock = clock;
        this.context = context;
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, _ -> new LineLogger(name, levels.of(name), output, clock, context));
    }
}
