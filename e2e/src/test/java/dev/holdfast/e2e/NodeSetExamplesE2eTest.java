package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The examples of other sets of nodes, each in a namespace of its own: what they promise happens. */
@OnCluster
class NodeSetExamplesE2eTest extends EachInItsNamespace {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String API = "holdfast.dev/v1alpha1";

    NodeSetExamplesE2eTest(Cluster cluster) {
        super(cluster, "holdfast-e2e-sets");
    }

    @Test
    void externalRedis() {
        in("external");
        long began = System.nanoTime();
        Example.named("external-redis")
                .applyTo(kube, yaml -> yaml.replace(".default.svc:", "." + kube.namespace() + ".svc:"));
        ExamplePods pods = new ExamplePods(kube, "billing", "app");
        long token = token(pods.awaitLine("a holder", line -> line.contains(" holds with token ")));
        measured.add("external nodes, first holder", Duration.ofNanos(System.nanoTime() - began));

        awaitVoting("yours", 3);
        assertThat(kube.pods("holdfast.dev/node-set", "yours")).isEmpty();
        await("the holder shown").atMost(PATIENCE).until(() -> holder("billing").asLong() == token);

        kube.deleteAtOnce("redis-1");

        // The operator looks at such nodes each half minute, and may miss a loss that is over by then.
        String sidecar = name(pods.all().getFirst());
        await("two of three vote").atMost(PATIENCE).until(() -> reachable(sidecar) == 2);
        await("all three again").atMost(PATIENCE).until(() -> reachable(sidecar) == 3);
        awaitVoting("yours", 3);
        assertThat(pods.lines()).allSatisfy(line -> assertThat(token(line)).isEqualTo(token));
    }

    private int reachable(String pod) {
        String state = kube.exec(pod, "app", "curl", "-s", "http://127.0.0.1:4040/v1/locks/billing");
        return Kube.json(state).at("/quorum/reachable").asInt();
    }

    @Test
    void tls() {
        in("tls");
        Example.named("tls").applyTo(kube);
        ExamplePods pods = new ExamplePods(kube, "statements", "app");
        long token = token(pods.awaitLine("a holder", line -> line.contains(" holds with token ")));
        await("the holder shown")
                .atMost(PATIENCE)
                .until(() -> holder("statements").asLong() == token);

        assertThat(ping("redis-cli --tls --cacert /etc/holdfast-redis/ca.crt PING"))
                .contains("NOAUTH");
        assertThat(ping("redis-cli PING")).doesNotContain("NOAUTH").doesNotContain("PONG");
    }

    @Test
    void singleNode() {
        in("single");
        Example.named("single-node").applyTo(kube);
        ExamplePods pods = new ExamplePods(kube, "cleanup", "app");
        long token = token(pods.awaitLine("a holder", line -> line.contains(" holds with token ")));
        String node = name(kube.pods("holdfast.dev/node-set", "default").getFirst());
        long began = System.nanoTime();

        kube.deleteAtOnce(node);

        await("nobody holds")
                .atMost(PATIENCE)
                .until(() -> heldCondition("cleanup").equals("False"));
        String next = pods.awaitLine("a holder again", line -> token(line) > token);
        measured.add("the only node lost, a holder again", Duration.ofNanos(System.nanoTime() - began));
        await("the holder shown").atMost(PATIENCE).until(() -> holder("cleanup").asLong() >= token(next));
    }

    private void awaitVoting(String set, int nodes) {
        await(nodes + " nodes vote")
                .atMost(PATIENCE)
                .until(() -> nodeSet(set).at("/status/voting").asInt() == nodes);
    }

    private JsonNode nodeSet(String name) {
        return kube.resource(API, "RedisNodeSet", name);
    }

    private JsonNode holder(String lock) {
        return kube.resource(API, "DistributedLock", lock).at("/status/holder/fencingToken");
    }

    private String heldCondition(String lock) {
        for (JsonNode condition : kube.resource(API, "DistributedLock", lock).at("/status/conditions")) {
            if (condition.path("type").asText().equals("Held")) {
                return condition.path("status").asText();
            }
        }
        return "absent";
    }

    private String ping(String command) {
        return kube.exec("holdfast-default-0-0", "redis", "sh", "-c", command + " 2>&1; true");
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    /** The last word of each line. */
    private static long token(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }
}
