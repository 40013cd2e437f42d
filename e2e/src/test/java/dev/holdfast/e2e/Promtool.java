package dev.holdfast.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prometheus's own checker of rules, of this machine. */
record Promtool(Path program) {

    /** On the PATH. */
    static Optional<Promtool> find() {
        for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            var program = Path.of(folder, "promtool");
            if (Files.isExecutable(program)) {
                return Optional.of(new Promtool(program));
            }
        }
        return Optional.empty();
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    record Result(int status, String output) {}
}
