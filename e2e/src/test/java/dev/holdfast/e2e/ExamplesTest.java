package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No example is forgotten; no cluster is needed. */
class ExamplesTest {

    private static final Path EXAMPLES = Project.ROOT.resolve("examples");
    private static final Path TESTS = Project.ROOT.resolve("e2e/src/test/java/dev/holdfast/e2e");
    private static final Pattern NAMED = Pattern.compile("Example\\.named\\(\"([^\"]+)\"\\)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| \\[`([^`]+)`]\\(([^)]+)\\) \\|");

    @Test
    void eachExampleThatCanBeAppliedIsAppliedByAnEndToEndTest() throws IOException {
        Set<String> applied = new TreeSet<>();
        for (Path test : in(TESTS, file -> file.toString().endsWith("E2eTest.java"))) {
            NAMED.matcher(Files.readString(test)).results().forEach(found -> applied.add(found.group(1)));
        }

        assertThat(applied).isEqualTo(folders(folder -> !manifests(folder).isEmpty()));
    }

    @Test
    void theTableOfExamplesNamesEachOfThem() throws IOException {
        Set<String> named = new TreeSet<>();
        ROW.matcher(Files.readString(EXAMPLES.resolve("README.md"))).results().forEach(row -> {
            assertThat(row.group(2)).isEqualTo(row.group(1));
            named.add(row.group(1));
        });

        assertThat(named).isEqualTo(folders(_ -> true));
    }

    /** They run as they are: with images that anybody can pull, each of which a test can replace by another one. */
    @Test
    void examplesNameImagesThatTheTestsKnow() throws IOException {
        Set<String> images = new TreeSet<>();
        for (String folder : folders(_ -> true)) {
            for (Path manifest : manifests(EXAMPLES.resolve(folder))) {
                Pattern.compile("(?m)^ +image: (.+)$")
                        .matcher(Files.readString(manifest))
                        .results()
                        .forEach(found -> images.add(found.group(1)));
            }
        }

        assertThat(images).isEqualTo(new TreeSet<>(Images.ofExamples()));
    }

    private static Set<String> folders(Predicate<Path> such) throws IOException {
        Set<String> names = new TreeSet<>();
        in(EXAMPLES, folder -> Files.isDirectory(folder) && such.test(folder))
                .forEach(folder -> names.add(folder.getFileName().toString()));
        assertThat(names).isNotEmpty();
        return names;
    }

    private static List<Path> manifests(Path folder) {
        try {
            return in(folder, file -> file.toString().endsWith(".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> in(Path folder, Predicate<Path> such) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(such).toList();
        }
    }
}
