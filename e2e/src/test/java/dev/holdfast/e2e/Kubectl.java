package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** kubectl itself, for what only it can show. */
record Kubectl(Path program, Path kubeconfig, String namespace) {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** How it ended and what it printed. */
    record Result(int code, String said) {
        boolean succeeded() {
            return code == 0;
        }
    }

    /** That of $KUBE_BIN, else the one that a shell would find; none where there is none. */
    static Optional<Kubectl> find(Path kubeconfig, String namespace) {
        return Stream.of("KUBE_BIN", "PATH")
                .flatMap(variable -> Stream.ofNullable(System.getenv(variable)))
                .flatMap(folders -> Stream.of(folders.split(":")))
                .map(folder -> Path.of(folder, "kubectl"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Kubectl(program, kubeconfig, namespace));
    }

    Result run(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "--kubeconfig", kubeconfig.toString(), "--namespace", namespace));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " does not end: " + said);
            }
            return new Result(process.exitValue(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
