package dev.holdfast.sidecar.redis;

import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.acquired;
import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.NodeStatus.State;
import dev.holdfast.sidecar.redlock.Redlock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that hang, forget and come back. */
@Timeout(60)
class NodeFaultsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private RedisCluster cluster;
    private Redlock client;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
        client = cluster.client("a");
        awaitState(0, State.VOTING);
        awaitState(1, State.VOTING);
        awaitState(2, State.VOTING);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private NodeStatus awaitState(int slot, State wanted) throws InterruptedException {
        while (true) {
            NodeStatus status = client.nodeStatus().get(slot);
            if (status.state() == wanted) {
                return status;
            }
            Thread.sleep(10);
        }
    }

    private long pairs(int count) throws Exception {
        long slowest = 0;
        for (int i = 0; i < count; i++) {
            long before = System.nanoTime();
            acquired(client.tryAcquire(Lock.dynamic("k" + i, LEASE))).release().get(5, TimeUnit.SECONDS);
            slowest = Math.max(slowest, System.nanoTime() - before);
        }
        return slowest;
    }

    @Test
    void aHungNodeDoesNotSlowTheQuorum() throws Exception {
        pairs(100);
        cluster.server(2).freeze();
        long slowest = pairs(200);
        // A pair that had waited for the hung node would have taken its time-out, twice.
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofMillis(LEASE.toMillis() / 10));
        awaitState(2, State.UNREACHABLE);
        cluster.server(2).thaw();
        awaitState(2, State.VOTING);
    }

    @Test
    void aNodeThatForgotHasNoVoteUntilItsQuarantineIsOver() throws Exception {
        Lease lease = acquired(client.tryAcquire(Lock.declared("payments", LEASE)));
        long before = System.nanoTime();
        cluster.server(0).restart();
        awaitState(0, State.QUARANTINED);
        awaitState(0, State.VOTING);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(LEASE);
        assertThat(lease.isHeld()).isTrue();
        while (lease.acknowledgedBy() < 3) {
            Thread.sleep(10);
        }
        // The join wrote the token: it survives the loss of the other two.
        String entry = cluster.server(0).command("STRLEN " + cluster.set().key("lock:payments"));
        assertThat(entry).isNotEqualTo(":0");
    }

    /** It answers, and can neither grant nor renew anything. */
    @Test
    void aNodeThatIsFullIsShownWithoutAVoteUntilItHasRoomAgain() throws Exception {
        Lease lease = acquired(client.tryAcquire(Lock.declared("payments", LEASE)));
        cluster.server(0).command("CONFIG SET maxmemory 100kb");

        NodeStatus full = awaitState(0, State.QUARANTINED);
        NodeProbe.Standing looked = NodeProbe.lookAtAll(cluster.set()).getFirst();
        cluster.server(0).command("CONFIG SET maxmemory 0");

        assertThat(full.reason()).contains("it refuses to write: ", "OOM");
        assertThat(looked)
                .isInstanceOfSatisfying(
                        NodeProbe.Standing.Unreachable.class,
                        it -> assertThat(it.reason()).contains("OOM"));
        awaitState(0, State.VOTING);
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void aFlushedNodeIsQuarantinedAlthoughItDidNotRestart() throws Exception {
        cluster.server(0).command("FLUSHALL");
        long before = System.nanoTime();
        awaitState(0, State.QUARANTINED);
        cluster.server(0).command("FLUSHALL");
        awaitState(0, State.VOTING);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(LEASE);
    }

    @Test
    void tokensRiseThroughTheLossOfEachNodeInTurn() throws Exception {
        long last = 0;
        for (int slot = 0; slot < 3; slot++) {
            Lease lease = acquired(client.acquire(Lock.declared("payments", LEASE), Duration.ofSeconds(20)));
            assertThat(lease.fencingToken()).isGreaterThan(last);
            last = lease.fencingToken();
            lease.release().get(5, TimeUnit.SECONDS);
            cluster.server(slot).restart();
            awaitState(slot, State.QUARANTINED);
            awaitState(slot, State.VOTING);
        }
        Lease lease = acquired(client.acquire(Lock.declared("payments", LEASE), Duration.ofSeconds(20)));
        assertThat(lease.fencingToken()).isGreaterThan(last);
    }

    @Test
    void withoutAQuorumTheRefusalNamesTheNodesAndWhy() throws Exception {
        cluster.server(0).kill();
        cluster.server(1).kill();
        Acquisition refused = get(client.tryAcquire(Lock.declared("payments", LEASE)));
        assertThat(refused).isInstanceOfSatisfying(Acquisition.NoQuorum.class, none -> {
            assertThat(none.needed()).isEqualTo(2);
            assertThat(none.faults())
                    .extracting("node")
                    .containsExactlyInAnyOrder(
                            cluster.server(0).endpoint().toString(),
                            cluster.server(1).endpoint().toString());
        });
    }

    @Test
    void aNodeThatForgetsTheScriptsIsToldThemAgain() throws Exception {
        pairs(10);
        for (int slot = 0; slot < 3; slot++) {
            cluster.server(slot).command("SCRIPT FLUSH");
        }
        pairs(10);
    }
}
