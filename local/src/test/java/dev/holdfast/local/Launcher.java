package dev.holdfast.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the launcher's program as the script does: a process of its own, with its output in a file. */
final class Launcher implements AutoCloseable {
    private final Path output;
    private final List<Process> launched = new ArrayList<>();

    Launcher(Path directory) {
        output = directory.resolve("output");
    }

    Process launch(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dholdfast.home=" + Path.of("..").toRealPath(),
                "-cp",
                System.getProperty("java.class.path"),
                LocalMain.class.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        launched.add(process);
        return process;
    }

    /** What the latest process has printed so far. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** The first of a row long enough for three pods, as far as one look can tell. */
    static int freePorts() throws LocalFailure {
        var ports = new Ports();
        var first = ports.free();
        while (!(Ports.isFree(first + 1)
                && Ports.isFree(first + 10)
                && Ports.isFree(first + 11)
                && Ports.isFree(first + 20)
                && Ports.isFree(first + 21))) {
            first = ports.free();
        }
        return first;
    }

    /** Only after a test that failed is there anything to end. */
    @Override
    public void close() {
        for (var process : launched) {
            process.destroy();
            process.onExit().join();
        }
    }
}
