package dev.holdfast.sidecar.redlock;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The engine's environment on a real machine: its clocks, one daemon thread for timers, secure random numbers. */
public final class SystemEnvironment implements AutoCloseable {

    private static final double DRIFT_OF_THREE_CLOCKS = 0.05;
    private static final double DRIFT_OF_NANO_TIME = 0.10;

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "holdfast-timers");
        thread.setDaemon(true);
        return thread;
    });
    private final Environment environment;

    /** Starts the timer thread. */
    public SystemEnvironment() {
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        Optional<MonotonicClock> three = SystemClock.ofThree();
        environment = new Environment(
                three.orElse(() -> Tick.of(System.nanoTime())),
                three.isPresent() ? DRIFT_OF_THREE_CLOCKS : DRIFT_OF_NANO_TIME,
                () -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                this::after,
                new SecureRandom());
    }

    /** What the engine is given. */
    public Environment environment() {
        return environment;
    }

    private Timers.Timer after(long nanos, Runnable task) {
        if (timers.isShutdown()) {
            return () -> {};
        }
        ScheduledFuture<?> future = timers.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        Thread thread = Thread.currentThread();
                        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                    }
                },
                nanos,
                TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
