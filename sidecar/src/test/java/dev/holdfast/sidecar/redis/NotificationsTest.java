package dev.holdfast.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.faults.CutProxy;
import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import dev.holdfast.sidecar.redlock.Timers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Notifications over a line that is cut without a word, as a balancer does that forgets an idle connection. */
@Timeout(60)
class NotificationsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SystemEnvironment system = new SystemEnvironment();
    private RedisProcess server;
    private CutProxy proxy;

    @BeforeEach
    void start() throws Exception {
        server = RedisProcess.bundled();
        proxy = new CutProxy(server.endpoint());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        server.close();
        system.close();
    }

    @Test
    void aSubscriptionThatIsNotConfirmedIsMadeOnAnotherConnection() {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        Notifications notifications = notifications(system.environment().timers());
        notifications.subscribe("a", first::incrementAndGet, _ -> {});
        await().atMost(PATIENCE).until(() -> first.get() == 1);

        proxy.forget();
        notifications.subscribe("b", second::incrementAndGet, _ -> {});

        await().atMost(PATIENCE).until(() -> second.get() == 1 && first.get() == 2);
        notifications.close();
    }

    @Test
    void aLineOnWhichNothingHappensIsSeenToBeCut() {
        AtomicInteger active = new AtomicInteger();
        Timers real = system.environment().timers();
        Notifications notifications = notifications((nanos, task) -> real.after(nanos / 50, task));
        notifications.subscribe("a", active::incrementAndGet, _ -> {});
        await().atMost(PATIENCE).until(() -> active.get() == 1);

        proxy.forget();

        await().atMost(PATIENCE).until(() -> active.get() == 2);
        notifications.close();
    }

    /** A confirmation that was only a sign of life is no news. */
    @Test
    void whoIsSubscribedIsToldSoOnce() throws Exception {
        AtomicInteger active = new AtomicInteger();
        Timers real = system.environment().timers();
        Notifications notifications = notifications((nanos, task) -> real.after(nanos / 500, task));
        notifications.subscribe("a", active::incrementAndGet, _ -> {});
        await().atMost(PATIENCE).until(() -> active.get() == 1);

        // A sign of life each 30 ms.
        Thread.sleep(500);

        assertThat(active).hasValue(1);
        notifications.close();
    }

    private Notifications notifications(Timers timers) {
        Environment real = system.environment();
        List<Endpoint> nodes = List.of(proxy.endpoint());
        NodeSet set = new NodeSet(
                "test", UUID.randomUUID().toString(), nodes, Duration.ofSeconds(10), false, Security.none());
        return new Notifications(
                set,
                proxy.endpoint(),
                new Environment(real.clock(), real.drift(), real.wallMicros(), timers, real.random()));
    }
}
