package dev.holdfast.local;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Starts a process that died again, after one second, as a kubelet would. */
final class Supervisor implements AutoCloseable {
    private static final Duration BACK_OFF = Duration.ofSeconds(1);

    private final Consumer<String> report;
    private final BooleanSupplier ending;
    private volatile boolean closed;

    /** @param ending whether processes now end because they shall */
    Supervisor(BooleanSupplier ending, Consumer<String> report) {
        this.ending = ending;
        this.report = report;
    }

    void look(Child child) {
        child.onExit().thenAccept(exitCode -> died(child, exitCode));
    }

    @Override
    public void close() {
        closed = true;
    }

    private void died(Child child, int exitCode) {
        if (closed || ending.getAsBoolean()) {
            return;
        }
        report.accept(child.name() + " ended (" + reason(exitCode) + "); it is started again");
        var later = CompletableFuture.delayedExecutor(BACK_OFF.toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture.runAsync(() -> startAgain(child), later);
    }

    private void startAgain(Child child) {
        if (closed || ending.getAsBoolean()) {
            return;
        }
        try {
            child.start();
            look(child);
        } catch (LocalFailure e) {
            if (!closed && !ending.getAsBoolean()) {
                report.accept(child.name() + ": " + e.getMessage());
            }
        }
    }

    /** Shells and Java report a signal as 128 and its number. */
    private static String reason(int exitCode) {
        return exitCode > 128 ? "signal " + (exitCode - 128) : "exit " + exitCode;
    }
}
