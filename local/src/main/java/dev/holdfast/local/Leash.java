package dev.holdfast.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Holds every process of this run and its private directory, and lets none outlive the launcher, however it ends.
 *
 * <p>A watchdog, a small shell in a session of its own, reads a pipe that only the launcher can write to. End of file
 * means that the launcher is gone, by whatever signal; the watchdog then kills every registered process with SIGKILL,
 * which ends stopped ones as well, and removes the directory. A process registers itself before it becomes the program
 * it shall be, and can do so only while the register is there: the watchdog first moves the register away, so that
 * none slips through between being started and being known.
 */
final class Leash implements AutoCloseable {
    private static final String WATCHDOG = """
            trap '' INT TERM HUP
            run=$1
            while read -r word; do keep=$word; done
            mv "$run/processes" "$run/ended"
            for process in "$run"/ended/*; do kill -KILL "${process##*/}" 2>/dev/null; done
            [ "$keep" = keep ] && rm -rf "$run/ended" "$run/redis-server" && exit
            rm -rf "$run" || { sleep 0.2; rm -rf "$run"; }
            """;
    /** The number of the shell stays that of the program: exec twice, no fork. */
    private static final String REGISTER_AND_RUN = "register=$1; shift; : > \"$register/$$\" && exec \"$@\"";

    private final Path directory;
    private final Path register;
    private final List<String> ownSession;
    private final Process watchdog;
    private volatile boolean closed;

    private Leash(Path directory, List<String> ownSession, Process watchdog) {
        this.directory = directory;
        this.register = directory.resolve("processes");
        this.ownSession = ownSession;
        this.watchdog = watchdog;
    }

    static Leash attach() throws LocalFailure {
        try {
            var onlyMine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            var directory = Files.createTempDirectory("holdfast-", onlyMine);
            Files.createDirectory(directory.resolve("processes"));
            var ownSession = ownSession();
            var command = new ArrayList<>(ownSession);
            command.addAll(List.of("bash", "-c", WATCHDOG, "holdfast-watchdog", directory.toString()));
            var watchdog = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Leash(directory, ownSession, watchdog);
        } catch (IOException e) {
            throw new LocalFailure("cannot start processes here: " + e.getMessage());
        }
    }

    Path directory() {
        return directory;
    }

    /** Starts a program whose output is appended to {@code log}; it is not in the terminal's reach, so Ctrl-C is ours. */
    Process start(ProcessBuilder program, Path log) throws LocalFailure {
        if (closed) {
            throw new LocalFailure("shutting down");
        }
        var command = new ArrayList<>(List.of("bash", "-c", REGISTER_AND_RUN, "holdfast-start", register.toString()));
        command.addAll(ownSession);
        command.addAll(program.command());
        try {
            var process = program.command(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            // A number may be given to somebody else's process once ours is gone, so it must not stay registered.
            process.onExit().thenAccept(ended -> unregister(ended.pid()));
            return process;
        } catch (IOException e) {
            throw new LocalFailure("cannot start " + program.command().getLast() + ": " + e.getMessage());
        }
    }

    /** Leaves the directory, and with it the logs, behind. */
    void keepDirectory() {
        tell("keep\n");
    }

    @Override
    public void close() {
        closed = true;
        try {
            watchdog.getOutputStream().close();
            if (!watchdog.waitFor(5, TimeUnit.SECONDS)) {
                watchdog.destroyForcibly();
            }
        } catch (IOException _) {
            // The watchdog is gone already; then so is its work, or the processes were ended one by one before.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String line) {
        try {
            watchdog.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
            watchdog.getOutputStream().flush();
        } catch (IOException _) {
            // As in close.
        }
    }

    private void unregister(long pid) {
        try {
            Files.deleteIfExists(register.resolve(Long.toString(pid)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What makes a program leave the terminal's process group without changing its number; macOS has no setsid. */
    private static List<String> ownSession() {
        if (onPath("setsid")) {
            return List.of("setsid");
        }
        return onPath("perl") ? List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV or exit 127") : List.of();
    }

    private static boolean onPath(String program) {
        var path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (var folder : path.split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
