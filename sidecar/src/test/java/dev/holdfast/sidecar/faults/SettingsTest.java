package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.sidecar.redis.FreePorts;
import dev.holdfast.sidecar.redis.RedisCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings that change while the sidecars run, and applications that are healthy or not. */
@Timeout(120)
class SettingsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE.multipliedBy(2));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private SidecarProcess sidecar(String pod) throws IOException {
        return new SidecarProcess(
                pod, "payments", LEASE, cluster.set(), cluster.set().nodes());
    }

    /** One that asks an application for its health. */
    private SidecarProcess asking(String pod, int port, String start) throws IOException {
        JsonObject config = SidecarProcess.config(
                        "payments",
                        "Leader",
                        LEASE,
                        cluster.set(),
                        cluster.set().nodes())
                .put(
                        "appHealth",
                        new JsonObject()
                                .put("path", "/healthz")
                                .put("port", port)
                                .put("period", "100ms")
                                .put("failureThreshold", 3));
        Path own = Files.createDirectories(directory.resolve(pod));
        Files.writeString(Files.createDirectories(own.resolve("locks")).resolve("payments.json"), config.encode());
        return new SidecarProcess(
                pod,
                "payments",
                LEASE,
                cluster.set(),
                cluster.set().nodes(),
                Map.of("HOLDFAST_CONFIG", own.toString(), "HOLDFAST_START", start),
                List.of());
    }

    private static long validFor(SidecarProcess sidecar) throws InterruptedException {
        return sidecar.state().orElseThrow().getLong("validForMs");
    }

    @Test
    void otherDurationsAreUsedWithoutLosingTheLeaseAndBadOnesAreNot() throws Exception {
        try (SidecarProcess a = sidecar("pod-a")) {
            JsonObject held = a.await(PATIENCE, state -> state.getBoolean("held"));
            a.change(settings -> settings.put("leaseDuration", "1h"));
            await().atMost(PATIENCE).until(() -> a.log().contains("maxLeaseDuration"));
            a.change(settings -> settings.put("leaseDuration", "4s"));
            await().atMost(PATIENCE).until(() -> a.log().contains("settings have changed"));
            assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(held.getLong("fencingToken"));
            a.change(settings ->
                    settings.put("nodeSet", settings.getJsonObject("nodeSet").put("uid", "another")));
            await().atMost(PATIENCE).until(() -> a.log().contains("restart this workload's pods"));
            assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(held.getLong("fencingToken"));

            assertThat(a.resign("1ms")).isEqualTo(200);
            a.await(PATIENCE, state -> state.getBoolean("held"));
            assertThat(validFor(a)).isGreaterThan(LEASE.toMillis());
        }
    }

    @Test
    void aBoundOnHoldingAppliesToWhoeverHoldsAlready() throws Exception {
        try (SidecarProcess a = sidecar("pod-a")) {
            JsonObject held = a.await(PATIENCE, state -> state.getBoolean("held"));
            a.change(settings -> settings.put("maxHold", "1s"));
            JsonObject next = a.await(
                    PATIENCE,
                    state -> state.getBoolean("held")
                            && !state.getLong("fencingToken").equals(held.getLong("fencingToken")));
            assertThat(next.getLong("fencingToken")).isGreaterThan(held.getLong("fencingToken"));
            assertThat(a.log()).contains("MAX_HOLD");
        }
    }

    @Test
    void anUnhealthyApplicationHandsOverAndStaysOutUntilItIsHealthy() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        HttpServer application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/healthz", call -> {
            call.sendResponseHeaders(status.get(), -1);
            call.close();
        });
        application.start();
        try (SidecarProcess a = asking("pod-a", application.getAddress().getPort(), "Always")) {
            a.await(PATIENCE, state -> state.getString("state").equals("Following"));
            await().during(LEASE).until(() -> !a.holds());
            status.set(200);
            JsonObject held = a.await(PATIENCE, state -> state.getBoolean("held"));
            try (SidecarProcess b = sidecar("pod-b")) {
                b.await(PATIENCE, state -> state.getJsonObject("holder") != null);
                status.set(500);
                JsonObject next = b.await(PATIENCE, state -> state.getBoolean("held"));
                assertThat(next.getLong("fencingToken")).isGreaterThan(held.getLong("fencingToken"));
                assertThat(a.log()).contains("the application is unhealthy", "status 500");

                assertThat(b.resign("2s")).isEqualTo(200);
                await().during(Duration.ofSeconds(1)).until(() -> !a.holds());
                b.await(PATIENCE, state -> state.getBoolean("held"));
                status.set(204);
                assertThat(b.resign("30s")).isEqualTo(200);
                a.await(PATIENCE, state -> state.getBoolean("held"));

                // Without the question, whatever the application says is well.
                b.await(PATIENCE, state -> "pod-a".equals(holder(state)));
                status.set(500);
                a.change(settings -> {
                    settings.remove("appHealth");
                    return settings;
                });
                a.await(PATIENCE, state -> state.getBoolean("held"));
                await().during(Duration.ofSeconds(1)).until(a::holds);
            }
        } finally {
            application.stop(0);
        }
    }

    @Test
    void whatIsKnownOfTheApplicationOutlastsAChangeOfHowItIsAsked() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        HttpServer application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/healthz", call -> {
            call.sendResponseHeaders(status.get(), -1);
            call.close();
        });
        application.start();
        try (SidecarProcess a = asking("pod-a", application.getAddress().getPort(), "Always")) {
            await().atMost(PATIENCE).until(() -> a.log().contains("the application is unhealthy"));
            // So many that a judgement from the beginning would take longer than this test.
            changeThreshold(a, 10_000);
            await().atMost(PATIENCE).until(() -> a.log().contains("settings have changed"));
            await().during(LEASE).until(() -> !a.holds());
            status.set(200);
            JsonObject held = a.await(PATIENCE, state -> state.getBoolean("held"));

            changeThreshold(a, 3);
            await().atMost(PATIENCE).until(() -> a.log().split("settings have changed", -1).length == 3);
            await().during(LEASE).until(a::holds);
            assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(held.getLong("fencingToken"));
            status.set(500);
            a.await(PATIENCE, state -> !state.getBoolean("held"));
        } finally {
            application.stop(0);
        }
    }

    private static void changeThreshold(SidecarProcess sidecar, int threshold) throws IOException {
        sidecar.change(settings ->
                settings.put("appHealth", settings.getJsonObject("appHealth").put("failureThreshold", threshold)));
    }

    private static String holder(JsonObject state) {
        JsonObject holder = state.getJsonObject("holder");
        return holder == null ? "" : holder.getString("pod");
    }

    @Test
    void anApplicationThatStartsWhenTheLockIsHeldIsAwaited() throws Exception {
        int port = FreePorts.pair();
        try (SidecarProcess a = asking("pod-a", port, "WhenHeld")) {
            JsonObject held = a.await(PATIENCE, state -> state.getBoolean("held"));
            await().during(Duration.ofSeconds(1)).until(a::holds);
            HttpServer application =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            AtomicInteger asked = new AtomicInteger();
            application.createContext("/healthz", call -> {
                asked.incrementAndGet();
                call.sendResponseHeaders(200, -1);
                call.close();
            });
            application.start();
            await().atMost(PATIENCE).until(() -> asked.get() > 2);
            assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(held.getLong("fencingToken"));
            application.stop(0);
            a.await(PATIENCE, state -> !state.getBoolean("held"));
        }
    }
}
