package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.kubernetes.NeedsApiServer;
import dev.holdfast.sidecar.kubernetes.TestApiServer;
import dev.holdfast.sidecar.kubernetes.TestPod;
import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.RedisCluster;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real sidecar as a pod has it: real nodes, a real API server, and faults on both sides. */
@NeedsApiServer
@Timeout(120)
class PodConditionFaultsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private RedisCluster cluster;
    private CutProxy apiServer;
    private TestPod pod;
    private SidecarProcess sidecar;

    @BeforeEach
    void start() throws Exception {
        TestApiServer server = TestApiServer.running();
        cluster = new RedisCluster(3, LEASE);
        apiServer = new CutProxy(new Endpoint(server.host(), server.port()));
        pod = new TestPod(server);
        sidecar = startSidecar();
    }

    private SidecarProcess startSidecar() throws IOException {
        return new SidecarProcess(
                "shop-0",
                "payments",
                LEASE,
                cluster.set(),
                cluster.set().nodes(),
                pod.environment("127.0.0.1", apiServer.endpoint().port()),
                List.of());
    }

    @AfterEach
    void stop() throws Exception {
        sidecar.close();
        apiServer.close();
        cluster.close();
    }

    private long awaitHeld() throws Exception {
        return sidecar.await(PATIENCE, state -> state.getBoolean("held")).getLong("fencingToken");
    }

    private void awaitCondition(String expected) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(pod.condition("payments")).isEqualTo(expected));
    }

    private static String held(long token) {
        return "True/Held/holds payments with fencing token " + token;
    }

    private static Duration elapsed(ThrowingCallable action) throws Exception {
        Instant start = Instant.now();
        try {
            action.call();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        return Duration.between(start, Instant.now());
    }

    @Test
    void aContainerThatStartsAgainClearsWhatTheOneBeforeItSaid() throws Exception {
        long token = awaitHeld();
        awaitCondition(held(token));
        sidecar.kill();
        try (TestPod.History history = pod.history("payments")) {
            sidecar = startSidecar();
            long next = awaitHeld();
            awaitCondition(held(next));
            assertThat(next).isGreaterThan(token);
            await().until(() -> history.entries().contains(held(next)));
            assertThat(history.entries().getFirst()).startsWith("False/");
            assertThat(history.entries()).doesNotContain(held(token));
        }
    }

    @Test
    void theLossOfAQuorumTurnsTheConditionAndItsReturnTurnsItBack() throws Exception {
        long token = awaitHeld();
        awaitCondition(held(token));
        cluster.server(0).kill();
        cluster.server(1).kill();
        sidecar.await(PATIENCE, state -> !state.getBoolean("held"));
        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(pod.condition("payments")).startsWith("False/"));
        awaitCondition("False/NotHeld/no quorum: 1 of 3 nodes, 2 needed");
        cluster.server(0).start();
        cluster.server(1).start();
        long next = awaitHeld();
        awaitCondition(held(next));
        assertThat(next).isGreaterThan(token);
    }

    @Test
    void aTerminatedSidecarSaysSoAndEnds() throws Exception {
        awaitCondition(held(awaitHeld()));
        int code = sidecar.terminate();
        assertThat(code).isZero();
        assertThat(pod.condition("payments")).isEqualTo("False/NotHeld/stopping");
    }

    @Test
    void neitherASilentApiServerNorSilentNodesKeepItFromEnding() throws Exception {
        awaitCondition(held(awaitHeld()));
        apiServer.swallow();
        for (int slot = 0; slot < 3; slot++) {
            cluster.server(slot).freeze();
        }
        Duration took = elapsed(() -> assertThat(sidecar.terminate()).isZero());
        assertThat(took).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void anApiServerThatIsAwayHoldsUpTheEndForASecondAtMost() throws Exception {
        awaitCondition(held(awaitHeld()));
        apiServer.stop();
        Duration took = elapsed(() -> assertThat(sidecar.terminate()).isZero());
        assertThat(took).isLessThan(Duration.ofMillis(1900));
    }

    @Test
    void electionsDoNotNeedTheApiServer() throws Exception {
        awaitHeld();
        sidecar.kill();
        apiServer.stop();
        sidecar = startSidecar();
        long token = awaitHeld();
        for (Instant until = Instant.now().plus(LEASE.multipliedBy(2));
                Instant.now().isBefore(until); ) {
            assertThat(sidecar.state().map(state -> state.getLong("fencingToken")))
                    .hasValue(token);
        }
        assertThat(sidecar.metrics()).contains("holdfast_lock_held{lock=\"payments\"} 1");
        apiServer.start();
        awaitCondition(held(token));
        assertThat(failures(sidecar.metrics())).isPositive();
        // Every token of a service account is a JWT, which begins with {" in Base64.
        assertThat(sidecar.log())
                .contains("cannot be patched", "patched again")
                .doesNotContain("eyJ")
                .doesNotContain("Bearer");
    }

    private static double failures(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("holdfast_pod_condition_failures_total "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }
}
