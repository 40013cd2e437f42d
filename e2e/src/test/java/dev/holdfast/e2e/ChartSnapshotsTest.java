package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that the chart makes of three sets of values, so that each change of it is seen. */
class ChartSnapshotsTest {

    private static final Path FOLDER = Path.of("src/test/resources/dev/holdfast/e2e/chart");

    /** With {@code -Dgolden.update} what comes out is written down instead of compared; read the difference. */
    private static final boolean UPDATE = System.getProperty("golden.update") != null;

    @ParameterizedTest
    @ValueSource(strings = {"default", "minimal", "production"})
    void makesWhatIsWrittenDown(String name) throws IOException {
        Path golden = FOLDER.resolve(name + ".manifests.yaml");

        String made = withoutDefinitions(Rendered.text(FOLDER.resolve(name + ".values.yaml")));
        if (UPDATE) {
            Files.writeString(golden, made);
        }

        assertThat(made).contains("kind: Deployment");
        assertThat(golden).hasContent(made);
    }

    /** They have a test of their own, and a release must not change every snapshot. */
    private static String withoutDefinitions(String yaml) {
        return Stream.of(yaml.split("(?m)^---$", -1))
                        .filter(document -> document.contains("kind:"))
                        .filter(document -> !document.contains("\nkind: CustomResourceDefinition\n"))
                        .map(document -> document.strip().replace(Project.VERSION, "VERSION"))
                        .collect(Collectors.joining("\n---\n"))
                + "\n";
    }
}
