package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Independent real servers that have just been made a node set, and clients of it. */
public final class RedisCluster implements AutoCloseable {

    private final List<RedisProcess> servers = new ArrayList<>();
    private final List<Redlock> clients = new ArrayList<>();
    private final List<SystemEnvironment> environments = new ArrayList<>();
    private final NodeSet set;

    public RedisCluster(int nodes, Duration maxLease) throws IOException, NodeSetException {
        this(RedisProcess.bundledExecutable(), nodes, maxLease);
    }

    RedisCluster(Path executable, int nodes, Duration maxLease) throws IOException, NodeSetException {
        for (int slot = 0; slot < nodes; slot++) {
            servers.add(new RedisProcess(executable));
        }
        List<Endpoint> endpoints = servers.stream().map(RedisProcess::endpoint).toList();
        set = new NodeSet("test", UUID.randomUUID().toString(), endpoints, maxLease, false, Security.none());
        FreshNodeSet.admit(set);
    }

    public NodeSet set() {
        return set;
    }

    public RedisProcess server(int slot) {
        return servers.get(slot);
    }

    /** A client with connections, clocks and timers of its own, as another process would have. */
    public Redlock client(String holder) {
        return client(set, holder);
    }

    /** A client whose observer is told what happens. */
    public Redlock client(String holder, RedlockObserver observer) {
        return client(set, holder, observer);
    }

    Redlock client(NodeSet as, String holder) {
        return client(as, holder, RedlockObserver.NONE);
    }

    private Redlock client(NodeSet as, String holder, RedlockObserver observer) {
        SystemEnvironment system = new SystemEnvironment();
        Redlock redlock = RedisNodes.open(as, holder, system.environment(), observer);
        clients.add(redlock);
        environments.add(system);
        return redlock;
    }

    @Override
    public void close() {
        clients.forEach(Redlock::close);
        environments.forEach(SystemEnvironment::close);
        servers.forEach(RedisProcess::close);
    }
}
