package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The replicas of examples/stream-bound-hold, as their Deployment says, but without a cluster. */
@Timeout(120)
class StreamBoundHoldExampleTest {
    private static final Path FOLDER = Path.of("..", "examples", "stream-bound-hold");

    /** As {@code 2026-11-26T12:00:03.004 pod-0 prints with token 17}. */
    private record Turn(LocalDateTime at, String pod, long token) {
        static Turn of(String line) {
            var words = line.split(" ");
            return new Turn(LocalDateTime.parse(words[0]), words[1], Long.parseLong(words[5]));
        }
    }

    @Test
    void whoeverWaitsHasTheKeyAsSoonAsItsHolderIsKilled(@TempDir Path directory) throws Exception {
        assumeTrue(Executables.find("perl").isPresent(), "install Perl");
        var manifests = new ArrayList<JsonNode>();
        for (var manifest : new Yaml().loadAll(Files.readString(FOLDER.resolve("deployment.yaml")))) {
            manifests.add(new ObjectMapper().valueToTree(manifest));
        }
        var program = directory.resolve("print.pl");
        Files.writeString(program, manifests.getLast().at("/data/print.pl").asText());
        var script = manifests
                .getFirst()
                .at("/spec/template/spec/containers/0/command/2")
                .asText()
                .replace("/app/print.pl", program.toString());
        // Both append to one file: their lines stand in the order in which they were written.
        var journal = directory.resolve("journal");
        try (var cluster = ExampleCluster.of(FOLDER.resolve("lock.yaml"), 2)) {
            for (var pod : cluster.pods()) {
                var command = List.of("bash", "-c", "exec >>\"$JOURNAL\"\n" + script);
                cluster.application("print-" + pod.name(), pod, command, Map.of("JOURNAL", journal.toString()));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(journal) && turns(journal).size() >= 5);
        }
        var turns = turns(journal);

        assertThat(turns).extracting(Turn::pod).contains("pod-0", "pod-1");
        assertThat(turns).extracting(Turn::token).isSorted().doesNotHaveDuplicates();
        for (int i = 1; i < turns.size(); i++) {
            var between = Duration.between(turns.get(i - 1).at(), turns.get(i).at());
            // Three seconds of work, and what a busy machine takes; the lease is a minute.
            assertThat(between).isBetween(Duration.ofMillis(2900), Duration.ofSeconds(20));
        }
    }

    private static List<Turn> turns(Path journal) throws Exception {
        return Files.readAllLines(journal).stream()
                .filter(line -> line.contains(" prints "))
                .map(Turn::of)
                .toList();
    }
}
