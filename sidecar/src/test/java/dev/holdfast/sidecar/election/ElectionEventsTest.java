package dev.holdfast.sidecar.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redis.RedisProcess;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What observers of an election are told, on real nodes. */
@Timeout(60)
class ElectionEventsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void theLossOfAQuorumIsToldAndSoIsItsReturn() throws Exception {
        List<ElectionEvent> events = new CopyOnWriteArrayList<>();
        try (RedisCluster cluster = new RedisCluster(3, LEASE);
                Election election = election(cluster)) {
            election.observe(events::add);
            election.start();
            await().atMost(PATIENCE).until(() -> election.leadership() instanceof Leadership.Leading);
            cluster.server(0).kill();
            cluster.server(1).kill();
            await().atMost(PATIENCE).until(() -> has(events, ElectionEvent.NoQuorum.class));
            assertThat(events).noneMatch(ElectionEvent.QuorumRegained.class::isInstance);
            cluster.server(0).start();
            await().atMost(PATIENCE).until(() -> has(events, ElectionEvent.QuorumRegained.class));
        }
    }

    @Test
    void anElectionThatStopsIsNotLeadingEvenWhileItReleases() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE);
                Election election = election(cluster)) {
            election.start();
            await().atMost(PATIENCE).until(() -> election.leadership() instanceof Leadership.Leading);
            // Nodes that are silent make the release take its two seconds.
            for (int slot = 0; slot < 3; slot++) {
                cluster.server(slot).freeze();
            }
            Thread closing = Thread.ofVirtual().start(election::close);
            await().atMost(Duration.ofSeconds(1)).until(() -> election.leadership() instanceof Leadership.Stopping);
            assertThat(closing.isAlive()).isTrue();
            closing.join();
        }
    }

    @Test
    void whoeverMayNotLeadDoesNotHoldWhateverTheMomentItIsTold() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE);
                Election election = election(cluster)) {
            election.start();
            for (int i = 0; i < 100; i++) {
                election.allow(true);
                // An acquisition takes about a millisecond: this meets every moment of it.
                LockSupport.parkNanos(i * 20_000L);
                election.allow(false);
            }
            Redlock other = cluster.client("pod-b");
            Acquisition acquisition = other.acquire(Lock.declared("payments", LEASE), LEASE.dividedBy(2))
                    .get(20, TimeUnit.SECONDS);
            // Well below the lease: nothing was waited out.
            assertThat(acquisition).isInstanceOf(Acquisition.Acquired.class);
            assertThat(election.leadership()).isInstanceOf(Leadership.Following.class);
        }
    }

    /** As a process that is paused between its acquisition and the moment that it takes note of it. */
    @Test
    void aLeaseThatIsOverBeforeItsElectionKnowsOfItIsLostAndTheLockIsTakenAgain() throws Exception {
        List<ElectionEvent> events = new CopyOnWriteArrayList<>();
        AtomicBoolean paused = new AtomicBoolean();
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            Redlock redlock = cluster.client("pod-a", new RedlockObserver() {
                @Override
                public void contended(String lock, Acquisition result, long took) {
                    if (result instanceof Acquisition.Acquired(var lease) && paused.compareAndSet(false, true)) {
                        toEach(cluster, RedisProcess::freeze);
                        await().atMost(PATIENCE).until(() -> lease.ended().isDone());
                        toEach(cluster, RedisProcess::thaw);
                    }
                }
            });
            try (Election election =
                    new Election(redlock, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC())) {
                election.observe(events::add);
                election.start();
                await().atMost(PATIENCE)
                        .until(() -> paused.get() && election.leadership() instanceof Leadership.Leading);
            }
        }
        assertThat(events).filteredOn(ElectionEvent.Lost.class::isInstance).hasSizeGreaterThanOrEqualTo(1);
    }

    private static void toEach(RedisCluster cluster, Change change) {
        for (int slot = 0; slot < 3; slot++) {
            try {
                change.to(cluster.server(slot));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private interface Change {
        void to(RedisProcess server) throws IOException, InterruptedException;
    }

    private static Election election(RedisCluster cluster) {
        return new Election(cluster.client("pod-a"), Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC());
    }

    private static boolean has(List<ElectionEvent> events, Class<? extends ElectionEvent> kind) {
        return events.stream().anyMatch(kind::isInstance);
    }
}
