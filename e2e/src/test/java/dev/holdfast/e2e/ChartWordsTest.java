package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What the chart tells people, and Artifact Hub. */
class ChartWordsTest {

    private static final Pattern APPLIED = Pattern.compile("-f (\\S+\\.yaml)");

    @Test
    void theNextTwoCommandsAreOfFilesThatExist() throws IOException {
        String notes = Files.readString(Project.CHART.resolve("templates/NOTES.txt"));

        List<String> commands = notes.lines()
                .filter(line -> line.startsWith("  kubectl{{ $namespace }} "))
                .toList();
        List<String> files =
                APPLIED.matcher(notes).results().map(found -> found.group(1)).toList();

        assertThat(commands).hasSize(2);
        assertThat(files)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Project.ROOT.resolve(file)).isRegularFile());
    }

    @Test
    void artifactHubIsToldOfTheDefinitionsAsTheyAre() throws IOException {
        JsonNode told = annotation("crds");

        assertThat(told).hasSize(2);
        for (JsonNode crd : told) {
            Path file = Project.CRDS.resolve(crd.at("/name").asText() + "-v1.yml");
            JsonNode spec = Manifests.read(Files.readString(file)).getFirst().at("/spec");
            assertThat(crd.at("/kind").asText())
                    .isEqualTo(spec.at("/names/kind").asText());
            assertThat(crd.at("/version").asText())
                    .isEqualTo(spec.at("/versions/0/name").asText());
        }
    }

    @Test
    void itsExampleIsTheFirstOfOurs() throws IOException {
        var ours = Manifests.read(Files.readString(Project.ROOT.resolve("examples/leader-election/lock.yaml")));

        assertThat(annotation("crdsExamples")).containsExactlyElementsOf(ours);
    }

    @Test
    void itsImagesAreThoseThatTheValuesName() throws IOException {
        var values = Manifests.read(Files.readString(Project.CHART.resolve("values.yaml")))
                .getFirst();

        var images = StreamSupport.stream(annotation("images").spliterator(), false)
                .map(image -> image.at("/image").asText())
                .toList();

        assertThat(images)
                .containsExactly(
                        values.at("/operator/image/repository").asText() + ':' + Project.VERSION,
                        values.at("/sidecar/image/repository").asText() + ':' + Project.VERSION);
    }

    private static JsonNode annotation(String name) throws IOException {
        JsonNode chart = Manifests.read(Files.readString(Project.CHART.resolve("Chart.yaml")))
                .getFirst();
        String text = chart.at("/annotations").path("artifacthub.io/" + name).asText();
        // Wrapped, as a list is no document that Manifests reads.
        return Manifests.read("it:\n" + text.indent(2)).getFirst().at("/it");
    }
}
