package dev.holdfast.sidecar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Prometheus sees of a real election. */
@Timeout(60)
class SidecarMetricsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final SidecarMetrics metrics = new SidecarMetrics();

    private double value(String series) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findAny()
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + metrics.scrape()));
    }

    @Test
    void anElectionAndItsNodesAreToldAsTheyAreNow() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE)) {
            Redlock redlock = cluster.client("pod-a");
            try (Election election =
                    new Election(redlock, Lock.declared("payments", LEASE), "pod-a", Clock.systemUTC())) {
                metrics.add("default", redlock);
                metrics.add(election);
                assertThat(value("holdfast_lock_held{lock=\"payments\"}")).isZero();
                assertThat(value("holdfast_lock_state{lock=\"payments\",state=\"Leading\"}"))
                        .isZero();

                election.start();
                await().until(() -> value("holdfast_lock_held{lock=\"payments\"}") == 1);
                assertThat(value("holdfast_lock_valid_seconds{lock=\"payments\"}"))
                        .isBetween(0.0, 2.0)
                        .isNotZero();
                assertThat(value("holdfast_lock_state{lock=\"payments\",state=\"Leading\"}"))
                        .isOne();
                assertThat(value("holdfast_lock_state{lock=\"payments\",state=\"Following\"}"))
                        .isZero();
                assertThat(value("holdfast_lock_transitions_total{event=\"acquired\",lock=\"payments\"}"))
                        .isOne();
                assertThat(value("holdfast_nodes_needed{node_set=\"default\"}")).isEqualTo(2);
                await().until(() -> value("holdfast_nodes{node_set=\"default\",state=\"Voting\"}") == 3);

                cluster.server(2).kill();
                await().until(() -> value("holdfast_nodes{node_set=\"default\",state=\"Unreachable\"}") == 1);
                assertThat(value("holdfast_nodes{node_set=\"default\",state=\"Voting\"}"))
                        .isEqualTo(2);

                boolean resigned =
                        election.resign(Optional.of(Duration.ofSeconds(30))).get(10, TimeUnit.SECONDS);
                assertThat(resigned).isTrue();
                assertThat(value("holdfast_lock_held{lock=\"payments\"}")).isZero();
                assertThat(value("holdfast_lock_valid_seconds{lock=\"payments\"}"))
                        .isZero();
                assertThat(value("holdfast_lock_transitions_total{event=\"lost\",lock=\"payments\"}"))
                        .isOne();
            }
        }
    }

    @Test
    void everyMetricHasAHelpText() {
        AtomicLong failures = new AtomicLong(3);
        metrics.addPodConditionFailures(failures::get);
        System.gc();
        List<String> lines = metrics.scrape().lines().toList();
        assertThat(value("holdfast_pod_condition_failures_total")).isEqualTo(3);
        assertThat(value("process_start_time_seconds")).isGreaterThan(1.7e9);
        assertThat(value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
        assertThat(lines.stream().filter(line -> line.startsWith("# TYPE")))
                .isNotEmpty()
                .allSatisfy(type -> {
                    String name = type.split(" ")[2];
                    assertThat(lines)
                            .anyMatch(line ->
                                    line.startsWith("# HELP " + name + " ") && line.length() > name.length() + 8);
                });
    }
}
