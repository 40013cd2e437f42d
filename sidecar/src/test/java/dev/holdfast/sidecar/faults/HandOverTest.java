package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.RedisCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pod's annotation asks its sidecar to hand over to one pod among those that wait. */
@Timeout(120)
class HandOverTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private SidecarProcess sidecar(String pod) throws IOException {
        return new SidecarProcess(
                pod, "payments", LEASE, cluster.set(), cluster.set().nodes());
    }

    private static SidecarProcess following(SidecarProcess sidecar, String holder) throws Exception {
        sidecar.await(
                PATIENCE,
                state -> state.getJsonObject("holder") != null
                        && holder.equals(state.getJsonObject("holder").getString("pod")));
        return sidecar;
    }

    @Test
    void toTheLastInLineAndToNobodyElse() throws Exception {
        try (SidecarProcess a = sidecar("pod-a")) {
            long token = a.await(PATIENCE, state -> state.getBoolean("held")).getLong("fencingToken");
            try (SidecarProcess b = following(sidecar("pod-b"), "pod-a");
                    SidecarProcess c = following(sidecar("pod-c"), "pod-a")) {
                a.annotate("payments", token + " pod-c");

                JsonObject next = c.await(PATIENCE, state -> state.getBoolean("held"));
                // Were it anybody's, the first in line would have taken it, and the token between.
                assertThat(a.log()).contains("HANDED_OVER");
                assertThat(b.log()).doesNotContain("leading");
                assertThat(next.getLong("fencingToken")).isGreaterThan(token);
                following(b, "pod-c");

                // It waits in line again, and the line says who is likely to be next, not who is.
                a.terminate();
                c.annotate("payments", next.getLong("fencingToken") + " pod-gone");
                b.await(PATIENCE, state -> state.getBoolean("held"));
            }
        }
    }

    @Test
    void anAnnotationOfAnEarlierLeaseOrWithoutSenseDoesNothing() throws Exception {
        try (SidecarProcess a = sidecar("pod-a")) {
            long token = a.await(PATIENCE, state -> state.getBoolean("held")).getLong("fencingToken");
            try (SidecarProcess b = following(sidecar("pod-b"), "pod-a")) {
                a.annotate("payments", (token - 1) + " pod-b");
                await().atMost(PATIENCE).until(() -> a.log().contains("asked to hand over"));
                a.annotate("payments", "now");
                await().atMost(PATIENCE).until(() -> a.log().contains("<fencing token> <pod>"));
                assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(token);
                assertThat(b.log()).doesNotContain("leading");
            }
        }
    }
}
