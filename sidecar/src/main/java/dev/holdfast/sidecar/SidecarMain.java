package dev.holdfast.sidecar;

import dev.holdfast.sidecar.config.ConfigException;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig;
import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionLog;
import dev.holdfast.sidecar.http.ApiServer;
import dev.holdfast.sidecar.http.HealthServer;
import dev.holdfast.sidecar.redis.RedisNodes;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Holds leases for the application beside it. Ends with 2 for a bad configuration, 3 for a port that is taken. */
public final class SidecarMain {

    private static final int BAD_CONFIGURATION = 2;
    private static final int PORT_TAKEN = 3;

    private final SidecarConfig config;
    private final SystemEnvironment system = new SystemEnvironment();
    private final Map<String, Redlock> nodeSets = new HashMap<>();
    private final List<Election> elections = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));

    private SidecarMain(SidecarConfig config) {
        this.config = config;
        for (LockConfig lock : config.locks()) {
            elections.add(election(lock));
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            SidecarMain sidecar = new SidecarMain(SidecarConfig.read(System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(sidecar::stop, "holdfast-stop"));
            sidecar.serve();
        } catch (ConfigException | IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), BAD_CONFIGURATION);
        }
    }

    private Election election(LockConfig lock) {
        if (lock.mode() != LockConfig.Mode.LEADER) {
            throw new IllegalArgumentException(
                    "lock " + lock.lock().name() + ": this version serves locks of mode Leader only");
        }
        Redlock redlock = nodeSets.computeIfAbsent(
                lock.nodeSet().uid(), _ -> RedisNodes.open(lock.nodeSet(), config.pod(), system.environment()));
        Election election = new Election(redlock, lock.lock(), config.pod(), Clock.systemUTC());
        election.observe(new ElectionLog(lock.lock().name()));
        return election;
    }

    private void serve() throws InterruptedException {
        Future<?> api = new ApiServer(vertx, config.port(), elections).listen();
        Future<?> health = new HealthServer(vertx, config.healthPort()).listen();
        try {
            Future.all(api, health).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fail(
                    "cannot listen on 127.0.0.1:" + config.port() + " and port " + config.healthPort() + ": "
                            + cause.getMessage() + "; set HOLDFAST_PORT and HOLDFAST_HEALTH_PORT to free ports",
                    PORT_TAKEN);
            return;
        }
        elections.forEach(Election::start);
    }

    /** The application is gone by now: stop leading, release, then go. */
    private void stop() {
        elections.stream()
                .map(election -> Thread.ofVirtual().start(election::close))
                .toList()
                .forEach(SidecarMain::join);
        nodeSets.values().forEach(Redlock::close);
        system.close();
        Runtime.getRuntime().halt(0);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fail(String message, int code) {
        System.err.println("holdfast: " + message);
        Runtime.getRuntime().halt(code);
    }
}
