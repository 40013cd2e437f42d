package dev.holdfast.sidecar.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Set by {@code HOLDFAST_LOG_FORMAT} and {@code HOLDFAST_LOG_LEVEL}: see {@link LogSettings}. Thread-safe. */
public final class LogProvider implements SLF4JServiceProvider {

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new BasicMDCAdapter();
    private @Nullable ILoggerFactory loggers;

    /** For the service loader. */
    public LogProvider() {}

    @Override
    public void initialize() {
        LogSettings settings = LogSettings.read(System.getenv());
        Output output = new Output(settings.format(), new FileOutputStream(FileDescriptor.err));
        Loggers made = new Loggers(settings.levels(), output, Clock.systemUTC(), context);
        settings.mistakes().forEach(mistake -> made.getLogger("logging").warn(mistake));
        loggers = made;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        if (loggers == null) {
            throw new IllegalStateException("not initialized");
        }
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }
}
