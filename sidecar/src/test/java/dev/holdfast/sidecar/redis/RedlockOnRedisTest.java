package dev.holdfast.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.Release;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedlockOnRedisTest {

    private static final Duration LEASE = Duration.ofSeconds(1);

    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    static Acquisition get(CompletableFuture<Acquisition> acquisition) throws Exception {
        return acquisition.get(20, TimeUnit.SECONDS);
    }

    static Lease acquired(CompletableFuture<Acquisition> acquisition) throws Exception {
        return switch (get(acquisition)) {
            case Acquisition.Acquired(var lease) -> lease;
            case Acquisition other -> throw new AssertionError("not acquired: " + other);
        };
    }

    @Test
    void tokensRiseFromHolderToHolder() throws Exception {
        Redlock a = cluster.client("a");
        Redlock b = cluster.client("b");
        Lock lock = Lock.declared("payments", LEASE);

        Lease first = acquired(a.tryAcquire(lock));
        Acquisition refused = get(b.tryAcquire(lock));
        Release released = first.release().get(5, TimeUnit.SECONDS);
        Lease second = acquired(b.acquire(lock, Duration.ofSeconds(5)));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Acquisition.HeldByAnother.class,
                        held -> assertThat(held.holder().pod()).isEqualTo("a"));
        assertThat(released).isInstanceOf(Release.Confirmed.class);
        assertThat(first.isHeld()).isFalse();
        assertThat(second.isHeld()).isTrue();
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void aWaiterIsWokenByTheRelease() throws Exception {
        Lock lock = Lock.declared("payments", LEASE);
        Redlock[] clients = {cluster.client("a"), cluster.client("b")};
        Lease lease = acquired(clients[0].acquire(lock, Duration.ofSeconds(5)));
        long quickest = Long.MAX_VALUE;
        for (int i = 1; i <= 6; i++) {
            CompletableFuture<Acquisition> waiting = clients[i % 2].acquire(lock, Duration.ofSeconds(10));
            Thread.sleep(200);
            long before = System.nanoTime();
            lease.release();
            lease = acquired(waiting);
            quickest = Math.min(quickest, System.nanoTime() - before);
        }
        // The back-up look comes every 94 ms or more: the quickest of six was not found by that.
        assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void aLeaseIsRenewedForAsLongAsItIsNotReleased() throws Exception {
        Lease lease = acquired(cluster.client("a").tryAcquire(Lock.declared("payments", LEASE)));
        for (int i = 0; i < 30; i++) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.validFor()).isGreaterThan(Duration.ofMillis(300));
            Thread.sleep(100);
        }
    }

    @Test
    void whoeverCancelsHoldsNothingAtWhateverMoment() throws Exception {
        Redlock a = cluster.client("a");
        for (int i = 0; i < 300; i++) {
            Lock lock = Lock.declared("cancelled-" + i, LEASE);
            CompletableFuture<Acquisition> acquisition = a.acquire(lock, Duration.ofSeconds(5));
            // An acquisition takes some hundred microseconds: this meets every moment of it.
            LockSupport.parkNanos(i * 3_000L);
            if (!acquisition.cancel(false)) {
                acquired(acquisition).release();
            }
        }
        Redlock b = cluster.client("b");
        for (int i = 0; i < 300; i++) {
            // Well below the lease: nothing is waited out.
            Lease lease = acquired(b.acquire(Lock.declared("cancelled-" + i, LEASE), LEASE.dividedBy(2)));
            lease.release();
        }
    }
}
