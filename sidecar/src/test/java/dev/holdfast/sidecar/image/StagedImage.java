package dev.holdfast.sidecar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of the image below a folder, as they are below {@code /} in the container: the jar at the same relative place and
 * with the same time, as the archive of classes wants to find it.
 *
 * @param root stands for {@code /}
 */
record StagedImage(Path root) {

    /** Jib gives every file this time. */
    private static final FileTime JIBS_TIME = FileTime.fromMillis(1000);

    private static final String JAR = "app/sidecar.jar";
    static final String ARGUMENTS = "app/java.args";
    static final String ARCHIVE = "app/sidecar.aot";

    void stage(Path jar) throws IOException {
        Path staged = root.resolve(JAR);
        Files.createDirectories(staged.getParent());
        Files.copy(jar, staged, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(staged, JIBS_TIME);
    }

    /** The options, with every path below {@code prefix}: empty for the container, the root for a trial outside it. */
    List<String> arguments(Path options, String prefix) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String line : Files.readAllLines(options)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                arguments.add(line.strip());
            }
        }
        arguments.add("-cp");
        arguments.add(prefix + "/" + JAR);
        return arguments;
    }
}
