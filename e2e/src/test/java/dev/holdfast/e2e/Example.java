package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A folder of examples, as a user would apply it. */
record Example(Path folder) {

    static Example named(String name) {
        return new Example(Project.ROOT.resolve("examples").resolve(name));
    }

    void applyTo(Kube kube) {
        applyTo(kube, UnaryOperator.identity());
    }

    /** Locks first, as their pods name them. */
    void applyTo(Kube kube, UnaryOperator<String> change) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> manifests = files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted(Comparator.comparing((Path file) -> !file.endsWith("lock.yaml")))
                    .toList();
            for (Path file : manifests) {
                kube.apply(Images.into(change.apply(Files.readString(file))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
