package dev.holdfast.sidecar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Prometheus sees of a real election. */
@Timeout(60)
class SidecarMetricsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final SidecarMetrics metrics = new SidecarMetrics();

    private double value(String name, String... labels) {
        return Scraped.of(metrics.scrape()).value(name, labels);
    }

    private double state(String state) {
        return value("holdfast_lock_state", "lock", "payments", "state", state);
    }

    private double nodes(String state) {
        return value("holdfast_nodes", "node_set", "default", "state", state);
    }

    private double lost(String reason) {
        return value("holdfast_lock_transitions_total", "lock", "payments", "event", "lost", "reason", reason);
    }

    @Test
    void anElectionAndItsNodesAreToldAsTheyAreNow() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            Redlock redlock = cluster.client("pod-a", metrics.observer("default", 3));
            try (Election election =
                    new Election(redlock, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC())) {
                metrics.add("default", redlock);
                metrics.add(election);
                assertThat(value("holdfast_lock_held")).isZero();
                assertThat(state("Leading")).isZero();

                election.start();
                await().until(() -> value("holdfast_lock_held", "lock", "payments") == 1);
                assertThat(value("holdfast_lock_valid_seconds"))
                        .isBetween(0.0, 2.0)
                        .isNotZero();
                assertThat(state("Leading")).isOne();
                assertThat(state("Following")).isZero();
                assertThat(value("holdfast_lock_transitions_total", "event", "acquired", "reason", ""))
                        .isOne();
                assertThat(value("holdfast_nodes_needed")).isEqualTo(2);
                await().until(() -> nodes("Voting") == 3);

                cluster.server(2).kill();
                await().until(() -> nodes("Unreachable") == 1);
                assertThat(nodes("Voting")).isEqualTo(2);
                assertThat(value("holdfast_node_state", "node", "2", "state", "Unreachable"))
                        .isOne();
                assertThat(value("holdfast_node_state", "node", "2", "state", "Voting"))
                        .isZero();
                assertThat(value("holdfast_node_state", "node", "0", "state", "Voting"))
                        .isOne();

                boolean resigned =
                        election.resign(Optional.of(Duration.ofSeconds(30))).get(10, TimeUnit.SECONDS);
                assertThat(resigned).isTrue();
                assertThat(value("holdfast_lock_held")).isZero();
                assertThat(value("holdfast_lock_valid_seconds")).isZero();
                assertThat(lost("resigned")).isOne();
                assertThat(lost("expired")).isZero();
            }
        }
    }

    @Test
    void leadershipThatIsNotRenewedCountsAsExpired() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            Redlock redlock = cluster.client("pod-a", metrics.observer("default", 3));
            try (Election election =
                    new Election(redlock, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC())) {
                metrics.add(election);
                election.start();
                await().until(() -> value("holdfast_lock_held") == 1);

                cluster.server(0).kill();
                cluster.server(1).kill();
                await().until(() -> lost("expired") == 1);
                assertThat(lost("resigned")).isZero();
                assertThat(value("holdfast_lock_leases_ended_total", "reason", "lost"))
                        .isOne();
                assertThat(value("holdfast_lock_renewals_total", "outcome", "missed"))
                        .isPositive();
            }
        }
    }
}
