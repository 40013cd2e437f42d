package dev.holdfast.sidecar.redis;

import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.acquired;
import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.mutex.Key;
import dev.holdfast.sidecar.mutex.KeyAcquisition;
import dev.holdfast.sidecar.mutex.KeyTerms;
import dev.holdfast.sidecar.mutex.Leases;
import dev.holdfast.sidecar.mutex.Mutex;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left on the nodes when a process ends in order. */
@Timeout(120)
class DrainTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final KeyTerms TERMS = new KeyTerms(LEASE, Duration.ofSeconds(5), true);

    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** On each node. */
    private List<String> leftOf(String holder) throws Exception {
        List<String> left = new ArrayList<>();
        for (int slot = 0; slot < 3; slot++) {
            left.addAll(cluster.server(slot).heldBy(holder));
        }
        return left;
    }

    @Test
    void nothingIsLeftOfKeysThatAreBeingTakenWhateverTheMomentOfTheEnd() throws Exception {
        try (SystemEnvironment system = new SystemEnvironment()) {
            for (int i = 0; i < 30; i++) {
                String pod = "pod-" + i + "-";
                Redlock redlock = cluster.client(pod);
                Leases leases = new Leases(system.environment(), Clock.systemUTC());
                Mutex mutex = new Mutex(redlock, Lock.declared("orders", LEASE), leases);
                List<CompletableFuture<KeyAcquisition>> asked = new ArrayList<>();
                for (int key = 0; key < 200; key++) {
                    // Half of them wait for others.
                    asked.add(mutex.acquire(new Key(pod + key / 2), TERMS));
                }
                LockSupport.parkNanos(i * 300_000L);
                leases.close();
                redlock.drain().get(10, TimeUnit.SECONDS);
                redlock.close();
                assertThat(asked).allMatch(CompletableFuture::isDone);
                assertThat(leftOf(pod)).as("after %d x 300 µs", i).isEmpty();
            }
        }
    }

    @Test
    void whatIsHeldIsSeenAndNothingMoreIsTaken() throws Exception {
        Redlock redlock = cluster.client("pod");
        Lease lease = acquired(redlock.acquire(Lock.declared("payments", LEASE), LEASE));
        assertThat(leftOf("pod")).hasSizeGreaterThanOrEqualTo(2);

        CompletableFuture<Void> drained = redlock.drain();
        assertThat(get(redlock.acquire(Lock.declared("reports", LEASE), LEASE)))
                .isInstanceOf(Acquisition.Cancelled.class);
        assertThat(drained).isNotDone();
        assertThat(lease.isHeld()).isTrue();
        lease.release();
        drained.get(10, TimeUnit.SECONDS);
        assertThat(leftOf("pod")).isEmpty();
    }

    @Test
    void aNodeThatIsSilentIsNotWaitedForLongerThanOneAnswerMayTake() throws Exception {
        Redlock redlock = cluster.client("pod");
        Lease lease = acquired(redlock.acquire(Lock.declared("payments", LEASE), LEASE));
        cluster.server(2).freeze();
        lease.release();
        redlock.drain().get(10, TimeUnit.SECONDS);
        cluster.server(2).thaw();
    }
}
