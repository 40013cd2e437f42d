package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.e2e.Leaders.Leader;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of other applications, each in a namespace of its own: what they promise happens. */
@OnCluster
class ApplicationExamplesE2eTest extends EachInItsNamespace {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Path RESOURCES = Project.ROOT.resolve("e2e/src/test/resources/dev/holdfast/e2e");

    ApplicationExamplesE2eTest(Cluster cluster) {
        super(cluster, "holdfast-e2e-applications");
    }

    @Test
    void guardedJobIsDoneOrStopsItselfInTime() {
        in("guarded");
        NodeShell shell = NodeShell.start(kube, Images.app());
        Example.named("guarded-job").applyTo(kube);
        ExamplePods pods = new ExamplePods(kube, "guarded", "work");
        pods.awaitLine("it is done", "done"::equals);
        kube.client().batch().v1().jobs().inNamespace(kube.namespace()).delete();
        await("no pod of it")
                .atMost(PATIENCE)
                .until(() -> kube.pods("app", "guarded").isEmpty());

        Example.named("guarded-job").applyTo(kube, yaml -> yaml.replace("sleep 5 &", "sleep 300 &"));
        await("it works").atMost(PATIENCE).until(() -> pods.all().stream().anyMatch(this::runs));
        List<Pod> nodes = kube.pods("holdfast.dev/node-set", "default").subList(0, 2);
        nodes.forEach(node -> shell.signal("STOP", node, "redis"));

        pods.awaitLine("it has stopped", "stopped: event: at-risk"::equals);
        nodes.forEach(node -> shell.signal("CONT", node, "redis"));
    }

    /** The locks of the file, and the shell's program in two pods: one works, and another when the first is gone. */
    @Test
    void fromYourLanguage() throws IOException {
        in("languages");
        Example example = Example.named("from-your-language");
        example.applyTo(kube);
        putFile("worker.sh", example.folder().resolve("worker.sh"));
        FencedStore store = FencedStore.start(kube);
        kube.apply(Images.into(Files.readString(RESOURCES.resolve("from-your-language.yaml"))));
        ExamplePods pods = new ExamplePods(kube, "reports", "work");
        String third = pods.awaitLine("some steps", line -> line.startsWith("step 3 with token "));
        await("both pods run")
                .atMost(PATIENCE)
                .until(() -> pods.all().size() == 2 && pods.all().stream().allMatch(this::runs));
        List<String> working = pods.all().stream()
                .map(ApplicationExamplesE2eTest::name)
                .filter(pod -> pods.lines(pod).stream().anyMatch(line -> line.startsWith("step ")))
                .toList();
        assertThat(working).hasSize(1);

        kube.deleteAtOnce(working.getFirst());

        String next = pods.awaitLine(
                "steps of another", line -> line.startsWith("step 3 with token ") && !line.equals(third));
        assertThat(token(next)).isGreaterThan(token(third));
        FencedStore.Writes writes = store.writes("report");
        assertThat(writes.token()).isGreaterThanOrEqualTo(token(next));
        assertThat(writes.taken().violations()).isEmpty();
        String stale = "curl -s -o /dev/null -w '%{http_code}' -X PUT -H \"Fencing-Token: 1\" \"$RESOURCE_URL\"";
        assertThat(kube.exec(name(pods.all().getFirst()), "work", "sh", "-c", stale))
                .isEqualTo("409");
        assertThat(store.writes("report").refused()).containsExactly(new Leader("", 1));
    }

    @Test
    void streamBoundHold() {
        in("stream");
        NodeShell shell = NodeShell.start(kube, Images.app());
        Example.named("stream-bound-hold").applyTo(kube);
        ExamplePods pods = new ExamplePods(kube, "printing", "print");
        await("several turns of both")
                .atMost(PATIENCE)
                .until(() -> pods.all().size() == 2
                        && pods.all().stream().allMatch(pod -> prints(pods, pod).size() >= 3));

        List<Turn> turns = pods.lines().stream()
                .filter(line -> line.contains(" prints "))
                .map(Turn::of)
                .sorted(Comparator.comparingLong(Turn::token))
                .toList();
        assertThat(turns).extracting(Turn::token).doesNotHaveDuplicates();
        for (int i = 1; i < turns.size(); i++) {
            Duration between =
                    Duration.between(turns.get(i - 1).at(), turns.get(i).at());
            // Three seconds of work; the lease is a minute.
            assertThat(between).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(20));
            measured.add("an application dies, the next one has the key", between.minusSeconds(3));
        }

        // The whole container, while it prints: the key is not kept for the rest of its minute either.
        long seen = turns.getLast().token();
        Turn latest = Turn.of(pods.awaitLine(
                "another turn",
                line -> line.contains(" prints ") && Turn.of(line).token() > seen));
        shell.signal("KILL", pods.named(latest.pod()), "print");
        long began = System.nanoTime();
        await("another token")
                .atMost(Duration.ofSeconds(40))
                .until(() -> pods.lines().stream()
                        .filter(line -> line.contains(" prints "))
                        .map(Turn::of)
                        .anyMatch(turn -> turn.token() > latest.token()));
        measured.add("a container killed, the next one has the key", Duration.ofNanos(System.nanoTime() - began));
    }

    private void putFile(String name, Path file) throws IOException {
        kube.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withData(Map.of(name, Files.readString(file)))
                        .build())
                .inNamespace(kube.namespace())
                .serverSideApply();
    }

    private static List<String> prints(ExamplePods pods, Pod pod) {
        return pods.lines(name(pod)).stream()
                .filter(line -> line.contains(" prints "))
                .toList();
    }

    private boolean runs(Pod pod) {
        return Payments.condition(pod, "ContainersReady").equals("True");
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    /** The last word of each line. */
    private static long token(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** As {@code 2026-11-26T12:00:03.004 printing-1 prints with token 17}, by the clock of the machine that all ran on. */
    private record Turn(LocalDateTime at, String pod, long token) {
        static Turn of(String line) {
            String[] words = line.split(" ");
            return new Turn(LocalDateTime.parse(words[0]), words[1], ApplicationExamplesE2eTest.token(line));
        }
    }
}
