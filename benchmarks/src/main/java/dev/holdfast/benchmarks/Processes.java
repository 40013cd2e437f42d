package dev.holdfast.benchmarks;

import java.util.concurrent.ConcurrentLinkedDeque;

/** Child processes; they are killed at the end of the run, also when it fails or is interrupted. */
final class Processes implements AutoCloseable {
    private final ConcurrentLinkedDeque<Process> running = new ConcurrentLinkedDeque<>();
    private final Thread atExit = new Thread(this::kill);

    Processes() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    void add(Process process) {
        running.addFirst(process);
    }

    private void kill() {
        running.forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        kill();
        for (var process : running) {
            process.onExit().join();
        }
    }
}
