package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart's README lists the values as the chart has them. */
class ChartReadmeTest {

    private static final Path README = Project.CHART.resolve("README.md");
    private static final Path VALUES = Project.CHART.resolve("values.yaml");
    private static final String BEGIN = "<!-- values: made from values.yaml, with -Dgolden.update -->\n";
    private static final String END = "<!-- end of values -->";

    /** With {@code -Dgolden.update} the list is written down instead of compared. */
    private static final boolean UPDATE = System.getProperty("golden.update") != null;

    @Test
    void listsEveryValueWithItsDefaultAndMeaning() throws IOException {
        String readme = Files.readString(README);
        String table = ValuesTable.of(Files.readString(VALUES));
        String[] around = readme.split("(?s)" + BEGIN + ".*" + END, -1);
        assertThat(around).hasSize(2);

        String expected = around[0] + BEGIN + table + END + around[1];
        if (UPDATE) {
            Files.writeString(README, expected);
        }

        assertThat(UPDATE ? Files.readString(README) : readme).isEqualTo(expected);
    }

    /** Read as YAML, so that what the list is made by overlooks nothing. */
    @Test
    void theListHasEveryLeaf() throws IOException {
        String table = ValuesTable.of(Files.readString(VALUES));

        var leaves =
                leaves("", Manifests.read(Files.readString(VALUES)).getFirst()).collect(Collectors.toSet());
        assertThat(leaves)
                .hasSizeGreaterThan(30)
                .allSatisfy(leaf -> assertThat(table).contains("| `" + leaf + "` | `"));
    }

    private static Stream<String> leaves(String path, JsonNode node) {
        if (!node.isObject() || node.isEmpty()) {
            return Stream.of(path);
        }
        return node.properties().stream()
                .flatMap((Map.Entry<String, JsonNode> entry) ->
                        leaves(path.isEmpty() ? entry.getKey() : path + '.' + entry.getKey(), entry.getValue()));
    }
}
