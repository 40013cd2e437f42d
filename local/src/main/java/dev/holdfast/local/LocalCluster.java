package dev.holdfast.local;

import dev.holdfast.local.resources.DeclaredLock;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The Redis nodes and sidecars of one run. */
final class LocalCluster implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofMillis(1500);

    private final Leash leash;
    private final ClusterPlan plan;
    private final RedisBinary redis;
    private final Admission admission;
    private final Ports ports = new Ports();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    private final List<LocalNodeSet> nodeSets = new CopyOnWriteArrayList<>();
    private final List<Pod> pods = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    LocalCluster(Leash leash, ClusterPlan plan, RedisBinary redis, Admission admission) {
        this.leash = leash;
        this.plan = plan;
        this.redis = redis;
        this.admission = admission;
    }

    List<LocalNodeSet> nodeSets() {
        return List.copyOf(nodeSets);
    }

    List<RedisServer> nodes() {
        return nodeSets.stream().flatMap(set -> set.nodes().stream()).toList();
    }

    List<Pod> pods() {
        return List.copyOf(pods);
    }

    Pod pod(String name) {
        return pods.stream().filter(pod -> pod.name().equals(name)).findFirst().orElseThrow();
    }

    List<DeclaredLock> locks() {
        return plan.resources().locks();
    }

    /** Every process, for whoever looks after them. */
    Stream<Child> children() {
        return Stream.concat(
                nodes().stream().map(RedisServer::child), pods.stream().map(Pod::child));
    }

    /** Where each process writes its log. */
    Path logs() {
        return leash.directory();
    }

    boolean isClosed() {
        return closed;
    }

    void startNodes() throws LocalFailure {
        var sets = plan.resources().nodeSets();
        for (var set : sets) {
            var nodes = new ArrayList<RedisServer>();
            for (int slot = 0; slot < plan.nodesOf(set); slot++) {
                var name =
                        (sets.size() == 1 ? "redis-" : "redis-" + set.metadata().name() + "-") + slot;
                nodes.add(new RedisServer(leash, redis, name, ports.free()));
            }
            nodeSets.add(new LocalNodeSet(set, UUID.randomUUID().toString(), nodes));
        }
        InParallel.each(nodes(), RedisServer::start);
        // Only now may anybody learn the addresses: a set is fresh only until somebody else could have used it.
        InParallel.each(nodeSets, admission::admit);
    }

    void startPods() throws LocalFailure {
        var config = leash.directory().resolve("config");
        PodConfig.write(config, locksWithNodes());
        for (int i = 0; i < plan.pods(); i++) {
            pods.add(pod(i, config));
        }
        InParallel.each(pods, Pod::start);
    }

    private Map<DeclaredLock, LocalNodeSet> locksWithNodes() {
        var locks = new LinkedHashMap<DeclaredLock, LocalNodeSet>();
        for (var lock : plan.resources().locks()) {
            nodeSets.stream()
                    .filter(set -> set.name().equals(lock.spec().nodeSet()))
                    .forEach(set -> locks.put(lock, set));
        }
        return locks;
    }

    private Pod pod(int i, Path config) throws LocalFailure {
        var name = "pod-" + i;
        int port = plan.firstPort().isPresent() ? plan.portOf(i) : ports.free();
        int healthPort = plan.firstPort().isPresent() ? port + 1 : ports.free();
        var environment = Map.of(
                "HOLDFAST_CONFIG", config.toString(),
                "HOLDFAST_LOG_FORMAT", "text",
                "HOLDFAST_POD", name,
                "HOLDFAST_NAMESPACE", "default",
                "HOLDFAST_POD_UID", UUID.randomUUID().toString(),
                "HOLDFAST_PORT", Integer.toString(port),
                "HOLDFAST_HEALTH_PORT", Integer.toString(healthPort));
        var child = new Child(leash, name, SidecarCommand.inThisRuntime(), environment);
        return new Pod(name, port, healthPort, child, new SidecarApi(http, port));
    }

    /** At its end or by a signal, whichever comes first; the second waits for the first. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            // Sidecars first, so that they can release; a frozen one cannot, and is killed.
            InParallel.each(pods(), pod -> pod.child().stop(STOP_PATIENCE));
            InParallel.each(nodes(), node -> node.child().stop(STOP_PATIENCE));
        } catch (LocalFailure _) {
            // Interrupted; the leash ends them all.
        } finally {
            leash.close();
        }
    }
}
