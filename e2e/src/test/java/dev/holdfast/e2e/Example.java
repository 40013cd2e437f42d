package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder of examples, as a user would apply it. */
record Example(Path folder) {

    static Example named(String name) {
        return new Example(Project.ROOT.resolve("examples").resolve(name));
    }

    /** Locks first, as their pods name them. */
    void applyTo(Kube kube) {
        for (String file : List.of("lock.yaml", "deployment.yaml")) {
            try {
                kube.apply(Images.into(Files.readString(folder.resolve(file))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
