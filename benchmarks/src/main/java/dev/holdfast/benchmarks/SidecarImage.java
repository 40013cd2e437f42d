package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of the sidecar's image where the build left them: started from there as a container starts them.
 *
 * @param parts the folder of the build's output
 */
record SidecarImage(Path parts) {
    private static final String BUILD = "mvn -q -Pimages -DskipTests -Djib.skip=true -pl sidecar -am package";

    /** @param home the folder of the benchmarks */
    static SidecarImage builtBeside(Path home) {
        return new SidecarImage(
                home.resolve("../sidecar/target/image").toAbsolutePath().normalize());
    }

    /** Why it cannot be started; empty if it can. */
    Optional<String> missing() {
        return Files.isReadable(arguments()) && Files.isExecutable(java())
                ? Optional.empty()
                : Optional.of("the parts of the image are not built; run: " + BUILD);
    }

    private Path java() {
        return parts.resolve("java/bin/java");
    }

    private Path arguments() {
        return parts.resolve("layer/app/java.args");
    }

    /**
     * The command of the container, with every path below the folder that stands for {@code /}: the files are the copies that
     * go into the image, for one that Java has just written may be mapped in larger pages than any copy.
     */
    List<String> command() throws IOException {
        var command = new ArrayList<>(List.of(java().toString()));
        for (var argument : Files.readAllLines(arguments())) {
            command.add(argument.replace("/app/", parts.resolve("layer/app") + "/"));
        }
        command.add("dev.holdfast.sidecar.SidecarMain");
        return command;
    }
}
