package dev.holdfast.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that can be started again and again, one process at a time. */
final class Child {
    /** The sidecars must not take a setting of the launcher's, nor believe that they run in a cluster. */
    private static final List<String> NOT_INHERITED = List.of("HOLDFAST_", "KUBERNETES_");

    private final Leash leash;
    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private volatile @Nullable Process process;

    Child(Leash leash, String name, List<String> command, Map<String, String> environment) {
        this.leash = leash;
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.log = leash.directory().resolve(name + ".log");
    }

    String name() {
        return name;
    }

    void start() throws LocalFailure {
        var program = new ProcessBuilder(command);
        program.directory(leash.directory().toFile());
        program.environment().keySet().removeIf(key -> NOT_INHERITED.stream().anyMatch(key::startsWith));
        program.environment().putAll(environment);
        process = leash.start(program, log);
    }

    boolean isAlive() {
        var current = process;
        return current != null && current.isAlive();
    }

    long pid() {
        return started().pid();
    }

    CompletableFuture<Integer> onExit() {
        return started().onExit().thenApply(Process::exitValue);
    }

    /** SIGKILL. */
    void kill() {
        started().destroyForcibly();
        awaitExit(Duration.ofSeconds(5));
    }

    /** SIGTERM, and SIGKILL when it has not gone by then. */
    void stop(Duration patience) {
        var current = process;
        if (current == null) {
            return;
        }
        current.destroy();
        if (!awaitExit(patience)) {
            kill();
        }
    }

    /** SIGSTOP. */
    void freeze() throws LocalFailure {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() throws LocalFailure {
        signal("CONT");
    }

    /** Why it ended, as far as the process itself has said so. */
    String lastWords() {
        try {
            var lines = Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    private boolean awaitExit(Duration patience) {
        try {
            return started().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Java has no call for it, and not every machine a program named kill; bash has one built in. */
    private void signal(String signal) throws LocalFailure {
        try {
            var kill = new ProcessBuilder("bash", "-c", "kill -" + signal + " " + pid()).start();
            if (kill.waitFor() != 0) {
                throw new LocalFailure("cannot send SIG" + signal + " to " + name);
            }
        } catch (IOException e) {
            throw new LocalFailure("cannot send SIG" + signal + " to " + name + ": " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted");
        }
    }

    private Process started() {
        var current = process;
        if (current == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return current;
    }
}
