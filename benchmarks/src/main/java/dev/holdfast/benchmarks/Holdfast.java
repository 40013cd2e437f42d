package dev.holdfast.benchmarks;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.NodeSetException;
import dev.holdfast.sidecar.redis.RedisNodes;
import dev.holdfast.sidecar.redis.Security;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Acquisition.Acquired;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.time.Duration;

/** The engine as the sidecar uses it: fencing tokens, checked validity, leases that renew themselves. */
final class Holdfast implements Contestant {
    private static final Duration LONGEST_LEASE = Duration.ofSeconds(60);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    @Override
    public String name() {
        return "Holdfast";
    }

    @Override
    public void prepare(Testbed testbed) throws NodeSetException {
        FreshNodeSet.admit(nodeSet(testbed));
    }

    private static NodeSet nodeSet(Testbed testbed) {
        var nodes = testbed.redisPorts().stream()
                .map(port -> new Endpoint("127.0.0.1", port))
                .toList();
        return new NodeSet("benchmarks", testbed.setUid(), nodes, LONGEST_LEASE, false, Security.none());
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) {
        var system = new SystemEnvironment();
        var holder = "pod-" + ProcessHandle.current().pid();
        var client = new Client(system, RedisNodes.open(nodeSet(testbed), holder, system.environment()), lease);
        client.awaitNodes(testbed.redisPorts().size());
        return client;
    }

    private record Client(SystemEnvironment system, Redlock redlock, Duration lease) implements LockClient {
        /** Connections are made in the background. */
        void awaitNodes(int nodes) {
            for (var votes = 0; votes < nodes; ) {
                var probe = acquired(
                        redlock.acquire(Lock.dynamic("probe", lease), FOR_EVER).join());
                votes = probe.acknowledgedBy();
                probe.release().join();
            }
        }

        /** As a key of a Mutex lock. */
        @Override
        public Hold take(String key) {
            var taken = acquired(redlock.tryAcquire(Lock.dynamic(key, lease)).join());
            return () -> taken.release().join();
        }

        /** As a Leader lock. */
        @Override
        public Hold await(String key) {
            var held = acquired(
                    redlock.acquire(Lock.declared(key, lease), FOR_EVER).join());
            return () -> held.release().join();
        }

        private static Lease acquired(Acquisition acquisition) {
            if (acquisition instanceof Acquired(var lease)) {
                return lease;
            }
            throw new IllegalStateException("not acquired: " + acquisition);
        }

        @Override
        public void close() {
            redlock.close();
            system.close();
        }
    }
}
