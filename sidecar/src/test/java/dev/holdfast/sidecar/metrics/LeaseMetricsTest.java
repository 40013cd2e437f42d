package dev.holdfast.sidecar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Prometheus sees of leases on real nodes, whoever takes them. */
@Timeout(60)
class LeaseMetricsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Lock LOCK = Lock.declared("payments", LEASE);

    private final SidecarMetrics metrics = new SidecarMetrics();
    private RedisCluster cluster;
    private Redlock redlock;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
        redlock = cluster.client("pod-a", metrics.observer("default", 3));
        metrics.add("default", redlock);
        await().until(() -> Scraped.of(metrics.scrape()).value("holdfast_nodes", "state", "Voting") == 3);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private double value(String name, String... labels) {
        return Scraped.of(metrics.scrape()).value(name, labels);
    }

    private double acquisitions(String outcome) {
        return value("holdfast_lock_acquisitions_total", "lock", "payments", "outcome", outcome);
    }

    private double ended(String reason) {
        return value("holdfast_lock_leases_ended_total", "lock", "payments", "reason", reason);
    }

    private static Lease acquired(CompletableFuture<Acquisition> acquisition) throws Exception {
        return ((Acquisition.Acquired) acquisition.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).lease();
    }

    /** One that waits because another holds the lock. */
    private CompletableFuture<Acquisition> waiter(Lock lock) {
        CompletableFuture<Acquisition> waiter = redlock.acquire(lock, PATIENCE);
        await().until(() -> value("holdfast_lock_waiters", "lock", "payments") == 1);
        return waiter;
    }

    @Test
    void aReleaseIsAHoldOfTheOneAndAHandOverToTheOther() throws Exception {
        Lease first = acquired(redlock.tryAcquire(LOCK));
        CompletableFuture<Acquisition> second = waiter(LOCK);
        first.release();
        acquired(second);

        assertThat(acquisitions("acquired")).isEqualTo(2);
        assertThat(value("holdfast_lock_wait_duration_seconds_count")).isEqualTo(2);
        assertThat(value("holdfast_lock_wait_duration_seconds_sum"))
                .isGreaterThan(value("holdfast_lock_handover_duration_seconds_sum"));
        assertThat(value("holdfast_lock_handover_duration_seconds_count")).isOne();
        assertThat(value("holdfast_lock_handover_duration_seconds_sum"))
                .isPositive()
                .isLessThan(1);
        assertThat(ended("released")).isOne();
        assertThat(value("holdfast_lock_hold_duration_seconds_count")).isOne();
        assertThat(value("holdfast_lock_hold_duration_seconds_sum")).isBetween(0.001, 20.0);
        await().until(() -> value("holdfast_lock_waiters", "lock", "payments") == 0);
    }

    @Test
    void aHolderThatVanishesHandsNothingOver() throws Exception {
        Redlock vanishing = cluster.client("pod-b");
        acquired(vanishing.acquire(LOCK, PATIENCE));
        CompletableFuture<Acquisition> waiter = waiter(LOCK);
        vanishing.close();
        acquired(waiter);

        assertThat(value("holdfast_lock_wait_duration_seconds_count")).isOne();
        assertThat(value("holdfast_lock_handover_duration_seconds_count")).isZero();
    }

    @Test
    void whatEndsInVainIsCountedByWhy() throws Exception {
        acquired(redlock.tryAcquire(LOCK));
        redlock.tryAcquire(LOCK).get(10, TimeUnit.SECONDS);
        assertThat(acquisitions("held")).isOne();
        // Two of three nodes decide; the third may answer later.
        await().until(() -> value("holdfast_node_answers_total", "node", "0", "answer", "held") > 0);

        waiter(LOCK).cancel(false);
        await().until(() -> acquisitions("cancelled") == 1);
        await().until(() -> value("holdfast_lock_waiters", "lock", "payments") == 0);

        cluster.server(0).kill();
        cluster.server(2).kill();
        await().until(() -> Scraped.of(metrics.scrape()).value("holdfast_nodes", "state", "Unreachable") == 2);
        redlock.tryAcquire(Lock.declared("orders", LEASE)).get(10, TimeUnit.SECONDS);
        assertThat(value("holdfast_lock_acquisitions_total", "lock", "orders", "outcome", "no-quorum"))
                .isOne();
        assertThat(value("holdfast_node_answers_total", "node", "2", "answer", "unreachable"))
                .isPositive();
        assertThat(value("holdfast_node_answers_total", "node", "1", "answer", "unreachable"))
                .isZero();
        assertThat(acquisitions("acquired")).isOne();
    }

    @Test
    void renewalsAreTimedUntilALeaseIsLost() throws Exception {
        Lease lease = acquired(redlock.tryAcquire(LOCK));
        await().until(() -> value("holdfast_lock_renewals_total", "outcome", "renewed") >= 2);
        assertThat(value("holdfast_lock_renewal_duration_seconds_count"))
                .isEqualTo(value("holdfast_lock_renewals_total", "outcome", "renewed"));
        assertThat(value("holdfast_lock_renewal_duration_seconds_sum")).isPositive();
        assertThat(ended("lost")).isZero();

        cluster.server(0).kill();
        cluster.server(1).kill();
        lease.ended().get(10, TimeUnit.SECONDS);
        assertThat(value("holdfast_lock_renewals_total", "outcome", "missed")).isPositive();
        assertThat(ended("lost")).isOne();
        assertThat(ended("released")).isZero();
    }

    @Test
    void aHoldThatIsTooLongIsOverdue() throws Exception {
        Lock bounded = new Lock("payments", LEASE, Duration.ZERO, Optional.of(Duration.ofMillis(500)), true);
        acquired(redlock.tryAcquire(bounded)).ended().get(10, TimeUnit.SECONDS);

        assertThat(ended("overdue")).isOne();
        assertThat(value("holdfast_lock_hold_duration_seconds_sum")).isBetween(0.5, 2.5);
    }

    @Test
    void keysOfOneLockShareItsSeries() throws Exception {
        acquired(redlock.tryAcquire(Lock.dynamic("payments/4711", LEASE)));
        acquired(redlock.tryAcquire(Lock.dynamic("payments/4712/x", LEASE)));

        assertThat(acquisitions("acquired")).isEqualTo(2);
        assertThat(metrics.scrape()).doesNotContain("payments/");
    }

    @Test
    void eachNodeIsTimedAlsoWhenNobodyWantsALock() {
        for (String node : new String[] {"0", "1", "2"}) {
            await().until(() -> value("holdfast_node_round_trip_seconds_count", "node", node) > 1);
            assertThat(value("holdfast_node_round_trip_seconds_sum", "node", node))
                    .isPositive();
            assertThat(value("holdfast_node_answers_total", "node", node, "answer", "read"))
                    .isGreaterThan(1);
        }
    }
}
