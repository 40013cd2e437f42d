package dev.holdfast.sidecar.http;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program of this machine that uses the API, as an application would. Killed on close. */
final class Program implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final Process process;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Program(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
    }

    /** Whether such a program is on the PATH. */
    static boolean isHere(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    static Program start(String... command) throws IOException {
        return new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(lines::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UncheckedIOException _) {
            // Killed.
        }
    }

    /** The next line that it prints. */
    String nextLine() throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("it printed nothing in " + PATIENCE_SECONDS + " s");
        }
        return line;
    }

    void awaitLine(String wanted) throws InterruptedException {
        StringBuilder seen = new StringBuilder();
        for (String line = nextLine(); !line.equals(wanted); line = nextLine()) {
            seen.append(line).append('\n');
            if (!process.isAlive() && lines.isEmpty()) {
                throw new AssertionError("it ended without \"" + wanted + "\":\n" + seen);
            }
        }
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it has not ended in " + PATIENCE_SECONDS + " s");
        }
        return process.exitValue();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
