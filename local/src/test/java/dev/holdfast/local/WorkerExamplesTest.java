package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.local.GuardedResource.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of examples/from-your-language beside sidecars to which bad things happen, in all languages at once. */
@Timeout(180)
class WorkerExamplesTest {
    private static final Duration REPLY = Duration.ofSeconds(5);

    @TempDir
    Path scratch;

    private final List<Running> all = new ArrayList<>();
    private ExampleCluster cluster;
    private Pod first;
    private Pod second;

    /** Each language has a lock of its own, like the example's, and a resource of its own. */
    @BeforeEach
    void start() throws Exception {
        var documents =
                List.of(Files.readString(Language.FOLDER.resolve("lock.yaml")).split("(?m)^---$"));
        var locks = new ArrayList<>(documents);
        for (var language : Language.here()) {
            var lock = "reports-" + language.extension();
            locks.add(documents.get(1).replace("name: reports", "name: " + lock));
            all.add(new Running(language, lock, new GuardedResource()));
        }
        var file = Files.writeString(scratch.resolve("lock.yaml"), String.join("---", locks));
        cluster = ExampleCluster.of(file, 2);
        first = cluster.pods().getFirst();
        second = cluster.pods().getLast();
    }

    @AfterEach
    void stop() {
        cluster.close();
        all.forEach(running -> running.resource().close());
    }

    @Test
    void onlyTheHoldersWorkerWorksWhateverHappensToItsSidecar() throws Exception {
        for (var running : all) {
            holdBy(first, running.lock());
            var command = running.language().worker(scratch);
            for (var pod : cluster.pods()) {
                start(running, pod, command, Map.of("LOCK", running.lock()));
            }
        }
        for (var running : all) {
            running.resource().await(0, first.name(), 1);
            assertThat(running.resource().after(0)).extracting(Write::worker).containsOnly(first.name());
        }

        handOver(first, second, this::resignAll);
        handOver(second, first, pod -> pod.child().kill());
        second.start();
        // That the next one works shows that it has found its new sidecar.
        handOver(first, second, pod -> pod.child().freeze());
        first.child().thaw();
        handOver(second, first, this::resignAll);
    }

    @Test
    void aKeyIsLostInTimeWhenTheSidecarIsFrozen() throws Exception {
        var holders = new ArrayList<Child>();
        for (var running : all) {
            var command = running.language().keyed(scratch, running.lock(), 1000);
            holders.add(start(running, first, command, Map.of()));
            running.resource().await(0, first.name(), 1);
            start(running, second, command, Map.of());
        }

        handOver(first, second, pod -> pod.child().freeze());
        for (var holder : holders) {
            assertThat(holder.onExit().get(20, TimeUnit.SECONDS))
                    .as(cluster.output(holder))
                    .isNotZero();
        }
    }

    private Child start(Running running, Pod pod, List<String> command, Map<String, String> more) throws LocalFailure {
        var environment = new HashMap<>(more);
        environment.put("RESOURCE_URL", running.resource().url());
        return cluster.application(running.lock() + "-" + pod.name(), pod, command, environment);
    }

    private void holdBy(Pod pod, String lock) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            for (var other : cluster.pods()) {
                if (!other.equals(pod) && other.api().lock(lock, REPLY).held()) {
                    other.api().resign(lock, REPLY);
                }
            }
            return pod.api().lock(lock, REPLY).held();
        });
    }

    private void resignAll(Pod pod) throws IOException {
        for (var running : all) {
            pod.api().resign(running.lock(), REPLY);
        }
    }

    /** Does something to the one pod; then the other's applications work, with greater tokens, and they alone. */
    private void handOver(Pod from, Pod to, Fault fault) throws Exception {
        var seen = all.stream().map(running -> running.resource().count()).toList();
        fault.strike(from);
        for (int i = 0; i < all.size(); i++) {
            var resource = all.get(i).resource();
            var what = all.get(i).language().toString();
            var next = resource.await(seen.get(i), to.name(), 3);
            var before = resource.after(seen.get(i) - 1).getFirst();
            assertThat(next.token()).as(what).isGreaterThan(before.token());
            var since = resource.after(seen.get(i));
            // The one that was under way is what the token is for; there is no second.
            assertThat(since.subList(since.indexOf(next), since.size()))
                    .as(what)
                    .filteredOn(write -> write.worker().equals(from.name()))
                    .hasSizeLessThanOrEqualTo(1)
                    .noneMatch(Write::accepted);
        }
    }

    private record Running(Language language, String lock, GuardedResource resource) {}

    @FunctionalInterface
    private interface Fault {
        void strike(Pod pod) throws Exception;
    }
}
