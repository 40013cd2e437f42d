package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the images that the cluster is given. */
@OnCluster
class ImagesE2eTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"operator", "sidecar"})
    void runAsNobodyAndSayWhatTheyAre(String module) {
        JsonNode config = new ImageTar(Project.imageTar(module)).config();

        assertThat(config.at("/User").asText()).isEqualTo("65532:65532");
        JsonNode labels = config.at("/Labels");
        assertThat(labels.path("org.opencontainers.image.title").asText()).isEqualTo("Holdfast: " + module);
        assertThat(labels.path("org.opencontainers.image.version").asText()).isEqualTo(Project.VERSION);
        assertThat(labels.path("org.opencontainers.image.licenses").asText()).isEqualTo("Apache-2.0");
        assertThat(labels.path("org.opencontainers.image.description").asText()).isNotEmpty();
    }

    /** Neither a library that is not listed, nor one that is listed and not there. */
    @ParameterizedTest
    @ValueSource(strings = {"operator", "sidecar"})
    void listTheirLibraries(String module) throws IOException {
        Path root = new ImageTar(Project.imageTar(module)).unpack(folder, "app/libs/", "usr/share/sbom/");

        JsonNode bill = Kube.json(Files.readString(root.resolve("usr/share/sbom/holdfast-" + module + ".cdx.json")));
        List<String> listed = StreamSupport.stream(bill.at("/components").spliterator(), false)
                .map(component -> component.at("/name").asText() + "-"
                        + component.at("/version").asText() + ".jar")
                .toList();

        assertThat(bill.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(listed).hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(jars(root.resolve("app/libs")));
    }

    private static List<String> jars(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
