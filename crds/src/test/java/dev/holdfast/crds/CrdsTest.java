package dev.holdfast.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrdsTest {

    private static final Path DIRECTORY = Path.of(".");
    private static final Path CHART = Path.of("../helm/holdfast/files/crds");

    /** After a change of the types: {@code mvn -pl crds test -Dcrds.update}, and read the difference. */
    @Test
    void theCrdsAreThoseOfTheTypes(@TempDir Path scratch) throws IOException {
        Map<String, String> generated = CrdGenerator.generate(scratch);
        if (System.getProperty("crds.update") != null) {
            for (var file : generated.entrySet()) {
                Files.writeString(DIRECTORY.resolve(file.getKey()), file.getValue());
                Files.writeString(CHART.resolve(file.getKey()), file.getValue());
            }
        }
        assertThat(checkedIn()).isEqualTo(generated);
    }

    private static Map<String, String> checkedIn() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.list(DIRECTORY)) {
            for (Path file :
                    found.filter(path -> path.toString().endsWith(".yml")).toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
