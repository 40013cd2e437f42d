package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the images that the cluster is given. */
@OnCluster
class ImagesE2eTest {

    private static final Pattern POM_PROPERTIES = Pattern.compile("META-INF/maven/([^/]+/[^/]+)/pom\\.properties");

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
    @Test
    void theOperatorListsItsLibraries() throws IOException {
        Path root = unpack("operator", "app/libs/");

        List<String> listed = listed(root, "operator").stream()
                .map(component -> component.at("/name").asText() + "-"
                        + component.at("/version").asText() + ".jar")
                .toList();

        try (var files = Files.list(root.resolve("app/libs"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    /** In its one jar each library has a file by which it is known, but for those named here. */
    @Test
    void theSidecarListsItsLibraries() throws IOException {
        Path root = unpack("sidecar", "app/sidecar.jar");
        Map<String, String> knownByAClass = Map.of(
                "io.vertx/vertx-core", "io/vertx/core/Vertx.class",
                "org.jspecify/jspecify", "org/jspecify/annotations/NullMarked.class");
        Set<String> notFromAJarOfTheirOwn = Set.of("dev.holdfast/holdfast-sidecar", "org.jctools/jctools-core");

        List<String> listed = listed(root, "sidecar").stream()
                .map(component -> component.at("/group").asText() + "/"
                        + component.at("/name").asText())
                .toList();

        List<String> there = new ArrayList<>();
        try (JarFile jar = new JarFile(root.resolve("app/sidecar.jar").toFile())) {
            jar.stream().map(JarEntry::getName).forEach(name -> {
                Matcher known = POM_PROPERTIES.matcher(name);
                if (known.matches() && !notFromAJarOfTheirOwn.contains(known.group(1))) {
                    there.add(known.group(1));
                }
            });
            knownByAClass.forEach((library, type) -> {
                if (jar.getEntry(type) != null) {
                    there.add(library);
                }
            });
        }
        assertThat(there).containsExactlyInAnyOrderElementsOf(listed);
    }

    private Path unpack(String module, String libraries) {
        return new ImageTar(Project.imageTar(module)).unpack(folder, libraries, "usr/share/sbom/");
    }

    private static List<JsonNode> listed(Path root, String module) throws IOException {
        JsonNode bill = Kube.json(Files.readString(root.resolve("usr/share/sbom/holdfast-" + module + ".cdx.json")));
        assertThat(bill.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        List<JsonNode> components = StreamSupport.stream(bill.at("/components").spliterator(), false)
                .toList();
        assertThat(components).hasSizeGreaterThan(20);
        return components;
    }
}
