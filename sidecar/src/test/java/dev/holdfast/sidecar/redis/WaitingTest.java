package dev.holdfast.sidecar.redis;

import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.acquired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.LeaseEvent;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.LockNode;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.Reply;
import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import dev.holdfast.sidecar.redlock.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many waiters, the wait after a holder that vanished, and the bound on holding. */
@Timeout(60)
class WaitingTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int WAITERS = 100;

    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aHundredWaitersDoNotStampedeAndEachGetsItsTurn() throws Exception {
        Lock lock = Lock.declared("payments", LEASE);
        AtomicInteger acquireRequests = new AtomicInteger();
        try (SystemEnvironment system = new SystemEnvironment()) {
            List<LockNode> nodes = RedisNodes.connect(cluster.set(), system.environment()).stream()
                    .<LockNode>map(node -> new Counted(node, acquireRequests))
                    .toList();
            Redlock waiting = new Redlock(nodes, "waiting", LEASE, system.environment());
            Lease first = acquired(cluster.client("first").acquire(lock, Duration.ofSeconds(5)));
            BlockingQueue<Lease> winners = new LinkedBlockingQueue<>();
            for (int i = 0; i < WAITERS; i++) {
                waiting.acquire(lock, Duration.ofSeconds(50)).thenAccept(acquisition -> {
                    if (acquisition instanceof Acquisition.Acquired(var lease)) {
                        winners.add(lease);
                    }
                });
            }
            // Every waiter has looked at least once, so each knows its rank.
            Thread.sleep(LEASE.toMillis() / 2);
            acquireRequests.set(0);
            first.release();
            long last = first.fencingToken();
            for (int i = 0; i < WAITERS; i++) {
                Lease lease = winners.poll(20, TimeUnit.SECONDS);
                assertThat(lease).as("waiter %d", i).isNotNull();
                assertThat(winners).isEmpty();
                assertThat(lease.fencingToken()).isGreaterThan(last);
                last = lease.fencingToken();
                lease.release();
            }
            // A stampede would be all that wait, on all nodes, at each release: 15,000 requests.
            assertThat(acquireRequests.get()).isBetween(2 * WAITERS, 3 * WAITERS * WAITERS / 10);
            waiting.close();
        }
    }

    @Test
    void afterAHolderVanishedTheLockDelayPassesAndAfterACleanReleaseItDoesNot() throws Exception {
        Duration delay = Duration.ofMillis(1500);
        Lock lock = new Lock("payments", LEASE, delay, Optional.empty(), true);
        Redlock vanishing = cluster.client("a");
        Redlock b = cluster.client("b");
        acquired(vanishing.acquire(lock, Duration.ofSeconds(5)));
        vanishing.close();

        long before = System.nanoTime();
        Lease afterVanishing = acquired(b.acquire(lock, Duration.ofSeconds(20)));
        Duration waited = Duration.ofNanos(System.nanoTime() - before);
        afterVanishing.release().get(5, TimeUnit.SECONDS);
        long again = System.nanoTime();
        acquired(cluster.client("c").acquire(lock, Duration.ofSeconds(20)));
        Duration waitedAfterRelease = Duration.ofNanos(System.nanoTime() - again);

        assertThat(waited).isGreaterThan(LEASE.plus(delay));
        assertThat(waitedAfterRelease).isLessThan(delay);
    }

    /** As Dapr's lock API does, and any caller that comes again on a timer of its own. */
    @Test
    void whoTriesAgainAndAgainAndNeverWaitsGetsTheLockOfAHolderThatVanished() throws Exception {
        Lock lock = Lock.declared("payments", LEASE);
        Redlock vanishing = cluster.client("a");
        Lease before = acquired(vanishing.acquire(lock, Duration.ofSeconds(5)));
        vanishing.close();
        Redlock b = cluster.client("b");
        List<Duration> retryAfter = new ArrayList<>();

        Lease lease = await().pollInterval(Duration.ofMillis(200))
                .until(() -> tried(b, lock, Duration.ZERO, retryAfter), Objects::nonNull);

        assertThat(lease.fencingToken()).isGreaterThan(before.fencingToken());
        assertThat(retryAfter).hasSizeGreaterThan(1).isSortedAccordingTo(Comparator.reverseOrder());
    }

    /** The delay may be longer than the wait: then the answer comes later than asked for, and not never. */
    @Test
    void whoWaitsForLessThanTheLockDelayGetsTheLockAllTheSame() throws Exception {
        Lock lock = new Lock("payments", LEASE, Duration.ofMillis(1500), Optional.empty(), true);
        Redlock vanishing = cluster.client("a");
        acquired(vanishing.acquire(lock, Duration.ofSeconds(5)));
        vanishing.close();
        Redlock b = cluster.client("b");

        Lease lease = await().atMost(Duration.ofSeconds(20))
                .until(() -> tried(b, lock, Duration.ofMillis(300), new ArrayList<>()), Objects::nonNull);

        assertThat(lease.isHeld()).isTrue();
    }

    private static @Nullable Lease tried(Redlock redlock, Lock lock, Duration wait, List<Duration> retryAfter)
            throws Exception {
        return switch (redlock.acquire(lock, wait).get(10, TimeUnit.SECONDS)) {
            case Acquisition.Acquired(var lease) -> lease;
            case Acquisition.HeldByAnother held -> {
                retryAfter.add(held.retryAfter());
                yield null;
            }
            default -> null;
        };
    }

    /** Nobody holds while the delay passes, so what bounds a hold begins after it. */
    @Test
    void aLockDelayAboveMaxHoldShortensNoHold() throws Exception {
        Duration delay = Duration.ofMillis(1500);
        Duration maxHold = Duration.ofMillis(700);
        Lock lock = new Lock("payments", LEASE, delay, Optional.of(maxHold), true);
        Redlock vanishing = cluster.client("a");
        acquired(vanishing.acquire(lock, Duration.ofSeconds(5)));
        vanishing.close();
        BlockingQueue<LeaseEvent> events = new LinkedBlockingQueue<>();

        Lease lease = acquired(cluster.client("b").acquire(lock, Duration.ofSeconds(20), events::add));
        long acquired = System.nanoTime();
        LeaseEvent overdue = events.poll(5, TimeUnit.SECONDS);
        Duration held = Duration.ofNanos(System.nanoTime() - acquired);

        assertThat(overdue).isInstanceOf(LeaseEvent.Overdue.class);
        assertThat(held).isGreaterThan(maxHold.dividedBy(2));
        assertThat(lease.ended().get(10, TimeUnit.SECONDS)).isEqualTo(LeaseEvent.Ending.OVERDUE);
    }

    /** Else a process that takes keys with a long wait, and gets them at once, would run out of memory. */
    @Test
    void whoHasTheLockIsNotRememberedForTheRestOfItsWait() throws Exception {
        AtomicInteger remembered = new AtomicInteger();
        try (SystemEnvironment system = new SystemEnvironment()) {
            Environment real = system.environment();
            Timers counting = (nanos, task) -> {
                Timers.Timer timer = real.timers().after(nanos, task);
                if (nanos < Duration.ofMinutes(1).toNanos()) {
                    return timer;
                }
                remembered.incrementAndGet();
                return () -> {
                    timer.cancel();
                    remembered.decrementAndGet();
                };
            };
            Redlock redlock = RedisNodes.open(
                    cluster.set(),
                    "a",
                    new Environment(real.clock(), real.drift(), real.wallMicros(), counting, real.random()));
            for (int i = 0; i < 20; i++) {
                acquired(redlock.acquire(Lock.dynamic("key" + i, LEASE), Duration.ofMinutes(5)))
                        .release()
                        .get(5, TimeUnit.SECONDS);
            }

            assertThat(remembered).hasValue(0);
            redlock.close();
        }
    }

    @Test
    void aLeaseIsNotRenewedBeyondMaxHold() throws Exception {
        Lock lock = new Lock("payments", LEASE, Duration.ZERO, Optional.of(Duration.ofMillis(700)), true);
        BlockingQueue<LeaseEvent> events = new LinkedBlockingQueue<>();
        Redlock a = cluster.client("a");
        Lease lease = acquired(a.acquire(lock, Duration.ofSeconds(5), events::add));

        LeaseEvent overdue = events.poll(5, TimeUnit.SECONDS);
        LeaseEvent.Ending ending = lease.ended().get(10, TimeUnit.SECONDS);
        Lease next = acquired(cluster.client("b").acquire(lock, Duration.ofSeconds(10)));

        assertThat(overdue).isInstanceOf(LeaseEvent.Overdue.class);
        assertThat(ending).isEqualTo(LeaseEvent.Ending.OVERDUE);
        assertThat(lease.isHeld()).isFalse();
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
    }

    /** Counts the acquisitions that a node is asked for. */
    private record Counted(LockNode node, AtomicInteger acquireRequests) implements LockNode {
        @Override
        public String address() {
            return node.address();
        }

        @Override
        public void send(Request request, Consumer<Reply> reply) {
            if (request instanceof Request.Acquire) {
                acquireRequests.incrementAndGet();
            }
            node.send(request, reply);
        }

        @Override
        public void flush() {
            node.flush();
        }

        @Override
        public Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
            return node.subscribe(lock, active, observer);
        }

        @Override
        public void observe(Runnable lost) {
            node.observe(lost);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
