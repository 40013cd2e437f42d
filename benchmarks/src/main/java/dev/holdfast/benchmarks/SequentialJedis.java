package dev.holdfast.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** The Redlock that people write by hand: one node after the other, with a majority check. */
final class SequentialJedis implements Contestant {
    private static final String DELETE_OWN =
            "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end";

    @Override
    public String name() {
        return "sequential Jedis";
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) {
        return new Client(testbed.redisPorts(), lease.toMillis());
    }

    private static final class Client implements LockClient {
        private final List<Integer> ports;
        private final long leaseMillis;
        private final ConcurrentLinkedDeque<Nodes> idle = new ConcurrentLinkedDeque<>();

        Client(List<Integer> ports, long leaseMillis) {
            this.ports = ports;
            this.leaseMillis = leaseMillis;
        }

        @Override
        public Hold take(String key) {
            var borrowed = idle.pollFirst();
            var nodes = borrowed != null ? borrowed : connect();
            var token = UUID.randomUUID().toString();
            var votes = nodes.connections().stream()
                    .filter(node ->
                            node.set(key, token, SetParams.setParams().nx().px(leaseMillis)) != null)
                    .count();
            if (votes <= ports.size() / 2) {
                throw new IllegalStateException("not acquired: " + key);
            }
            return () -> {
                for (var node : nodes.connections()) {
                    node.evalsha(nodes.deleteOwn(), 1, key, token);
                }
                idle.addFirst(nodes);
            };
        }

        private Nodes connect() {
            var connections =
                    ports.stream().map(port -> new Jedis("127.0.0.1", port)).toList();
            var deleteOwn = "";
            for (var node : connections) {
                deleteOwn = node.scriptLoad(DELETE_OWN);
            }
            return new Nodes(connections, deleteOwn);
        }

        @Override
        public void close() {
            idle.forEach(nodes -> nodes.connections().forEach(Jedis::close));
        }
    }

    /** One caller's connections, and the name of the release script on them. */
    private record Nodes(List<Jedis> connections, String deleteOwn) {}
}
