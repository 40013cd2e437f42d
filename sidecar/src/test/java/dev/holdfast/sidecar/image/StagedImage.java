package dev.holdfast.sidecar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of the image below a folder, as they are below {@code /} in the container: jars at the same relative places and
 * with the same times, as the archive of classes wants to find them.
 *
 * @param root stands for {@code /}
 */
record StagedImage(Path root) {

    /** Jib gives every file this time. */
    private static final FileTime JIBS_TIME = FileTime.fromMillis(1000);

    private static final String JARS = "app/libs";
    private static final String OWN_JAR = "app/classpath";
    static final String ARGUMENTS = "app/java.args";
    static final String ARCHIVE = "app/sidecar.aot";

    void stage(Path jar, Path libraries) throws IOException {
        copy(List.of(jar), root.resolve(OWN_JAR));
        try (Stream<Path> files = Files.list(libraries)) {
            copy(files.sorted().toList(), root.resolve(JARS));
        }
    }

    private static void copy(List<Path> files, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Path file : files) {
            Path copy = Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(copy, JIBS_TIME);
        }
    }

    /** The options, with every path below {@code prefix}: empty for the container, the root for a trial outside it. */
    List<String> arguments(Path options, String prefix) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String line : Files.readAllLines(options)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                arguments.add(line.strip());
            }
        }
        List<String> classPath = new ArrayList<>();
        for (String folder : List.of(OWN_JAR, JARS)) {
            try (Stream<Path> files = Files.list(root.resolve(folder))) {
                files.sorted().forEach(file -> classPath.add(prefix + "/" + folder + "/" + file.getFileName()));
            }
        }
        arguments.add("-cp");
        arguments.add(String.join(":", classPath));
        return arguments;
    }
}
