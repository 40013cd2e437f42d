package dev.holdfast.sidecar;

import dev.holdfast.sidecar.config.Cluster;
import dev.holdfast.sidecar.config.ConfigException;
import dev.holdfast.sidecar.config.ConfigWatch;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig;
import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionLog;
import dev.holdfast.sidecar.http.ApiServer;
import dev.holdfast.sidecar.http.HealthServer;
import dev.holdfast.sidecar.http.Startup;
import dev.holdfast.sidecar.kubernetes.PodConditions;
import dev.holdfast.sidecar.metrics.SidecarMetrics;
import dev.holdfast.sidecar.mutex.Leases;
import dev.holdfast.sidecar.mutex.Mutex;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.RedisNodes;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import dev.holdfast.sidecar.redlock.Tick;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds leases for the application beside it. Ends with 2 for a bad configuration, 3 for a port that is taken, 4 for a bug.
 */
public final class SidecarMain {

    private static final Logger log = LoggerFactory.getLogger("holdfast");

    private static final int BAD_CONFIGURATION = 2;
    private static final int PORT_TAKEN = 3;
    private static final int BUG = 4;

    /** How long the end waits for the API server, counted from the signal. */
    private static final Duration CONDITION_PATIENCE = Duration.ofSeconds(1);

    /** How long the end waits for the nodes, counted from the signal. */
    private static final Duration NODES_PATIENCE = Duration.ofSeconds(2);

    /** By then a start is over, with TLS to the API server and the first election. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(5);

    private final SidecarConfig config;
    private final SystemEnvironment system = new SystemEnvironment();
    private final Map<String, Redlock> nodeSets = new HashMap<>();
    private final List<Election> elections = new ArrayList<>();
    private final List<Mutex> mutexes = new ArrayList<>();
    private final Leases leases;

    /** A start has not much of a processor, and those who ask want an answer first. */
    private final CompletableFuture<Void> serving = new CompletableFuture<>();

    private final Vertx vertx = QuietVertx.start();
    private final SidecarMetrics metrics = new SidecarMetrics();
    private final Optional<PodConditions> conditions;
    private final LockChanges changes;
    private final ConfigWatch watch;

    private SidecarMain(SidecarConfig config) {
        this.config = config;
        this.conditions = conditions(config.cluster());
        this.leases = new Leases(system.environment(), Clock.systemUTC());
        for (LockConfig lock : config.locks()) {
            switch (lock.mode()) {
                case LEADER -> elections.add(election(lock));
                case MUTEX -> mutexes.add(mutex(lock));
            }
        }
        conditions.ifPresent(kept -> metrics.addPodConditionFailures(kept::failures));
        this.changes = new LockChanges(vertx, config.start(), elections, mutexes);
        this.watch = new ConfigWatch(config, changes, changes::handOver);
    }

    public static void main(String[] arguments) throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(SidecarMain::tellBug);
        resolveNamesAnew();
        try {
            SidecarMain sidecar = new SidecarMain(SidecarConfig.read(System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(sidecar::stop, "holdfast-stop"));
            sidecar.serve();
        } catch (ConfigException | IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), BAD_CONFIGURATION);
        }
    }

    /** A node that comes back has another address; Java would remember the old one, or its absence, for long. */
    private static void resolveNamesAnew() {
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        // One resolver, with one memory, in this process.
        System.setProperty("vertx.disableDnsResolver", "true");
    }

    private Optional<PodConditions> conditions(Cluster cluster) {
        return switch (cluster) {
            case Cluster.Pod pod -> Optional.of(PodConditions.of(pod, vertx, system.environment(), Clock.systemUTC()));
            case Cluster.None none -> {
                LoggerFactory.getLogger("kubernetes")
                        .atInfo()
                        .addKeyValue("reason", none.reason())
                        .log("no pod condition is kept");
                yield Optional.empty();
            }
        };
    }

    private Election election(LockConfig lock) {
        Election election = new Election(nodes(lock.nodeSet()), lock.lock(), config.pod(), Clock.systemUTC());
        conditions.ifPresent(kept -> kept.keep(election));
        metrics.add(election);
        election.observe(new ElectionLog(lock.lock().name()));
        return election;
    }

    private Mutex mutex(LockConfig lock) {
        metrics.add(lock.lock().name());
        return new Mutex(nodes(lock.nodeSet()), lock.lock(), leases);
    }

    private Redlock nodes(NodeSet set) {
        return nodeSets.computeIfAbsent(set.uid(), _ -> {
            RedlockObserver observer = metrics.observer(set.name(), set.nodes().size());
            Redlock opened = RedisNodes.open(set, config.pod(), system.environment(), observer, serving);
            metrics.add(set.name(), opened);
            return opened;
        });
    }

    private void serve() throws InterruptedException {
        Future<?> api = new ApiServer(vertx, config.port(), elections, mutexes, leases).listen();
        Startup startup = config.start() == SidecarConfig.Start.ALWAYS ? Startup.always() : Startup.whenHeld(elections);
        Future<?> health = new HealthServer(vertx, config.healthPort(), startup, metrics::scrape).listen();
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
        serving.complete(null);
        config.locks().forEach(changes::begin);
        elections.forEach(Election::start);
        // Its TLS takes the event loop's time, so the first callers are served before.
        conditions.ifPresent(PodConditions::start);
        watch.start();
        UntouchedPages.giveBackAfter(UNDER_WAY);
    }

    /** The application is gone by now: stop leading, say so, release, then go. Neither side's silence holds it up. */
    private void stop() {
        Tick began = system.environment().clock().now();
        watch.close();
        changes.close();
        List<Thread> releasing = Stream.<Runnable>concat(
                        elections.stream().map(election -> election::close), Stream.of(leases::close))
                .map(close -> Thread.ofVirtual().start(close))
                .toList();
        CompletableFuture<?> told = conditions
                .map(PodConditions::stop)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .completeOnTimeout(null, CONDITION_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        releasing.forEach(SidecarMain::join);
        // What was granted at the moment of the signal is given back as well, or its next holder would wait a lease
        // out.
        CompletableFuture<?>[] drained =
                nodeSets.values().stream().map(Redlock::drain).toArray(CompletableFuture[]::new);
        long left =
                NODES_PATIENCE.toNanos() - system.environment().clock().now().mostSince(began);
        CompletableFuture.allOf(drained)
                .completeOnTimeout(null, Math.max(0, left), TimeUnit.NANOSECONDS)
                .join();
        told.join();
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
        log.error(message);
        Runtime.getRuntime().halt(code);
    }

    /** A thread that died would leave a process that looks alive and never leads again; so it ends, and its leases run out. */
    private static void tellBug(Thread thread, Throwable bug) {
        log.atError().setCause(bug).addKeyValue("thread", thread.getName()).log("a bug: this process ends");
        Runtime.getRuntime().halt(BUG);
    }
}
