package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The replicas of examples/keyed-mutex, as their Deployment says, but without a cluster. */
@Timeout(120)
class KeyedMutexExampleTest {
    private static final Path FOLDER = Path.of("..", "examples", "keyed-mutex");

    /** As {@code order-1 begun by pod-0 with token 1795482576647014}. */
    private record Line(String order, String what, String pod, long token) {
        static Line of(String text) {
            var words = text.split(" ");
            return new Line(words[0], words[1], words[3], Long.parseLong(words[6]));
        }
    }

    @Test
    void eachOrderIsWorkedOnByOneReplicaAtATime(@TempDir Path directory) throws Exception {
        assumeTrue(Executables.find("curl").isPresent(), "install curl");
        // All replicas append to one file: their lines stand in the order in which they were written.
        var journal = directory.resolve("journal");
        try (var cluster = ExampleCluster.of(FOLDER.resolve("lock.yaml"), 3)) {
            var command = List.of("bash", "-c", "exec >>\"$JOURNAL\"\n" + script());
            for (var pod : cluster.pods()) {
                cluster.application("app-" + pod.name(), pod, command, Map.of("JOURNAL", journal.toString()));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            Files.exists(journal) && Files.readAllLines(journal).size() > 40);
        }
        var lines = Files.readAllLines(journal).stream().map(Line::of).toList();

        assertThat(lines).extracting(Line::pod).contains("pod-0", "pod-1", "pod-2");
        assertThat(lines.stream().map(Line::order).collect(Collectors.toSet())).hasSize(3);
        var latest = new HashMap<String, Line>();
        for (var line : lines) {
            var before = latest.put(line.order(), line);
            if (before == null || line.what().equals("begun")) {
                assertThat(line.token()).isGreaterThan(before == null ? 0 : before.token());
            } else {
                assertThat(line)
                        .as("after " + before)
                        .isEqualTo(new Line(before.order(), "done", before.pod(), before.token()));
                assertThat(before.what()).isEqualTo("begun");
            }
        }
    }

    private static String script() throws Exception {
        var deployment = new Yaml().<Object>load(Files.readString(FOLDER.resolve("deployment.yaml")));
        return new ObjectMapper()
                .valueToTree(deployment)
                .at("/spec/template/spec/containers/0/command/2")
                .asText();
    }
}
