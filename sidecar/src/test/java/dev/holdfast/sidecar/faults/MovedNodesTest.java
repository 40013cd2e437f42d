package dev.holdfast.sidecar.faults;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.RedisCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes whose names lead elsewhere after a while, as those of pods that were replaced. */
@Timeout(60)
class MovedNodesTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    /** Far below the 30 seconds for which Java remembers an address unless told otherwise. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void aNewAddressIsFoundWithinSeconds() throws Exception {
        Path hosts = Files.createTempFile("holdfast", ".hosts");
        // Nobody listens there.
        Files.writeString(hosts, "127.0.0.9 node.test\n");
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            List<Endpoint> byName = cluster.set().nodes().stream()
                    .map(node -> new Endpoint("node.test", node.port()))
                    .toList();
            try (SidecarProcess sidecar = new SidecarProcess(
                    "pod-a",
                    "payments",
                    LEASE,
                    cluster.set(),
                    byName,
                    Map.of(),
                    List.of("-Djdk.net.hosts.file=" + hosts))) {
                sidecar.await(PATIENCE, state -> state.getString("state").equals("NoQuorum"));
                Files.writeString(hosts, "127.0.0.1 node.test\n");
                sidecar.await(PATIENCE, state -> state.getBoolean("held"));
            }
        }
    }
}
