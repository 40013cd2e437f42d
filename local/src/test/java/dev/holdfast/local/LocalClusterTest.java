package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.local.resources.ResourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real Redis nodes and sidecars. */
class LocalClusterTest {
    private static final String TWO_LOCKS = """
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: payments
            ---
            apiVersion: holdfast.dev/v1alpha1
            kind: RedisNodeSet
            metadata:
              name: single
            spec:
              nodes: 1
            ---
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: reports
            spec:
              nodeSet: single
              leaseDuration: 2s
            """;

    @TempDir
    Path directory;

    @Test
    void eachLockHasOneHolderOnItsOwnNodes() throws Exception {
        var file = Files.writeString(directory.resolve("locks.yaml"), TWO_LOCKS);
        var plan = new ClusterPlan(ResourceReader.read(List.of(file)), 2, OptionalInt.empty(), OptionalInt.empty());
        var leash = Leash.attach();
        try (var cluster = new LocalCluster(leash, plan, RedisBinary.find(null, leash.directory()), new FreshSet())) {
            cluster.startNodes();
            cluster.startPods();

            assertThat(cluster.nodes()).hasSize(4);
            for (var lock : List.of("payments", "reports")) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(holders(cluster, lock))
                                .singleElement()
                                .satisfies(state ->
                                        assertThat(state.fencingToken()).isPositive()));
            }
        }
        assertThat(leash.directory()).doesNotExist();
    }

    private static List<LockState> holders(LocalCluster cluster, String lock) throws IOException {
        var holders = new ArrayList<LockState>();
        for (var pod : cluster.pods()) {
            var state = pod.api().lock(lock, Duration.ofSeconds(2));
            if (state.held()) {
                holders.add(state);
            }
        }
        return holders;
    }
}
