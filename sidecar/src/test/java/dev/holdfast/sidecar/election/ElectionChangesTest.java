package dev.holdfast.sidecar.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.RedisCluster;
import dev.holdfast.sidecar.redlock.Lock;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settings that change while a pod stands down, on real nodes. */
@Timeout(60)
class ElectionChangesTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration STAND_DOWN = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static Election election(RedisCluster cluster, String pod) {
        return new Election(cluster.client(pod), Lock.declared("payments", LEASE), pod, Clock.systemUTC());
    }

    private static boolean leads(Election election) {
        return election.leadership() instanceof Leadership.Leading;
    }

    /** More often than a stand-down is long: one that began anew each time would never end. */
    private static void changeUntilItLeads(Election election) {
        int[] changes = {0};
        await().atMost(PATIENCE).pollInterval(STAND_DOWN.dividedBy(8)).until(() -> {
            election.change(Lock.declared("payments", LEASE.minusMillis(++changes[0] % 2)));
            return leads(election);
        });
    }

    @Test
    void aStandDownGoesOnWhenSettingsChange() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE);
                Election alone = election(cluster, "pod-a")) {
            alone.start();
            await().atMost(PATIENCE).until(() -> leads(alone));
            assertThat(alone.resign(Optional.of(STAND_DOWN)).get(10, TimeUnit.SECONDS))
                    .isTrue();
            changeUntilItLeads(alone);
        }
    }

    @Test
    void aStandDownThatIsOverDoesNotBeginAnewWhenSettingsChange() throws Exception {
        try (RedisCluster cluster = new RedisCluster(3, LEASE);
                Election first = election(cluster, "pod-a");
                Election second = election(cluster, "pod-b")) {
            first.start();
            await().atMost(PATIENCE).until(() -> leads(first));
            second.start();
            assertThat(first.resign(Optional.of(STAND_DOWN)).get(10, TimeUnit.SECONDS))
                    .isTrue();
            await().atMost(PATIENCE).until(() -> leads(second));
            await().during(STAND_DOWN).atMost(PATIENCE).until(() -> leads(second));
            first.change(Lock.declared("payments", LEASE.minusMillis(2)));
            await().during(STAND_DOWN.dividedBy(4)).atMost(PATIENCE).until(() -> leads(second));
            assertThat(second.resign(Optional.of(PATIENCE.multipliedBy(4))).get(10, TimeUnit.SECONDS))
                    .isTrue();
            changeUntilItLeads(first);
        }
    }
}
