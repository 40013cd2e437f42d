package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.e2e.FencedStore.Writes;
import dev.holdfast.e2e.Leaders.Leader;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What the end-to-end tests conclude from what a store has done; no cluster is needed. */
class FencedStoreTest {

    @Test
    void whoeverWroteIsToldOnceAndWhoWasRefusedToo() {
        Writes writes = writes("""
                till taken 7 a
                till refused 6 b
                till taken 7 a
                till taken 9 b
                """);

        assertThat(writes.taken().inOrder()).containsExactly(new Leader("a", 7), new Leader("b", 9));
        assertThat(writes.taken().violations()).isEmpty();
        assertThat(writes.refused()).containsExactly(new Leader("b", 6));
        assertThat(writes.token()).isEqualTo(9);
    }

    @Test
    void whatWasTakenOfTwoPodsWithOneTokenIsAViolation() {
        assertThat(writes("""
                        till taken 7 a
                        till taken 7 b
                        """).taken().violations()).singleElement().asString().contains("one token, two pods");
    }

    @Test
    void writesToAnotherResourceAreOthers() {
        Writes writes = writes("""
                till taken 7 a
                report taken 3\s
                """);

        assertThat(writes.token()).isEqualTo(7);
        assertThat(writes("report taken 3 ").token()).isZero();
        assertThat(writes("").token()).isZero();
    }

    @Test
    void anExampleGetsAWriterBesideItsApplication() throws IOException {
        String example = Files.readString(Project.ROOT.resolve("examples/leader-election/deployment.yaml"));

        JsonNode pod = Manifests.read(FencedStore.withWriters(example, "payments"))
                .getFirst()
                .at("/spec/template/spec");

        assertThat(pod.path("containers"))
                .extracting(it -> it.path("name").asText())
                .containsExactly("writer", "app");
        assertThat(pod.at("/containers/0/command"))
                .extracting(JsonNode::asText)
                .contains("payments", "fenced-store:8080");
        assertThat(pod.path("volumes"))
                .extracting(it -> it.path("name").asText())
                .containsExactly("writer", "app");
    }

    private static Writes writes(String lines) {
        return Writes.parse(lines.lines().toList(), "till");
    }
}
