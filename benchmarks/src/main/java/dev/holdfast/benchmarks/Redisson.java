package dev.holdfast.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.redisson.RedissonRedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's locks: RLock on one node, and the (deprecated) RedLock over all. Kept alive by its watchdog. */
final class Redisson implements Contestant {
    enum Kind {
        RLOCK_ON_ONE_NODE,
        RED_LOCK
    }

    private final Kind kind;

    Redisson(Kind kind) {
        this.kind = kind;
    }

    @Override
    public String name() {
        return switch (kind) {
            case RLOCK_ON_ONE_NODE -> "Redisson RLock, 1 node";
            case RED_LOCK -> "Redisson RedLock";
        };
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) {
        var ports = switch (kind) {
            case RLOCK_ON_ONE_NODE -> testbed.redisPorts().subList(0, 1);
            case RED_LOCK -> testbed.redisPorts();
        };
        return new Client(ports.stream().map(port -> connect(port, lease)).toList(), lease);
    }

    private static RedissonClient connect(int port, Duration lease) {
        var config = new Config();
        config.setLockWatchdogTimeout(lease.toMillis());
        config.useSingleServer().setAddress("redis://127.0.0.1:" + port).setConnectionMinimumIdleSize(64);
        return org.redisson.Redisson.create(config);
    }

    private static final class Client implements LockClient {
        private final List<RedissonClient> nodes;
        private final Duration lease;
        private final Map<String, RLock> locks = new ConcurrentHashMap<>();

        Client(List<RedissonClient> nodes, Duration lease) {
            this.nodes = nodes;
            this.lease = lease;
        }

        @Override
        public Hold take(String key) throws InterruptedException {
            var lock = lock(key);
            if (!lock.tryLock(0, lease.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("not acquired: " + key);
            }
            return lock::unlock;
        }

        @Override
        public Hold await(String key) {
            var lock = lock(key);
            lock.lock();
            return lock::unlock;
        }

        private RLock lock(String key) {
            return locks.computeIfAbsent(key, this::newLock);
        }

        @SuppressWarnings("deprecation") // RedLock is what this row compares with
        private RLock newLock(String key) {
            var single = nodes.stream().map(node -> node.getLock(key)).toArray(RLock[]::new);
            return single.length == 1 ? single[0] : new RedissonRedLock(single);
        }

        @Override
        public void close() {
            nodes.forEach(RedissonClient::shutdown);
        }
    }
}
