package dev.holdfast.sidecar.redis;

import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.acquired;
import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.LockNode;
import dev.holdfast.sidecar.redlock.NodeFault;
import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.Reply;
import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of a refusal while one node says held, one is silent, and the last has not answered yet. */
@Timeout(60)
class HalfKnownNodesTest {

    /** Longer than the tests: a node that forgot stays without a vote. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Lock LOCK = Lock.declared("payments", Duration.ofSeconds(10));

    private final SystemEnvironment system = new SystemEnvironment();
    private RedisCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LONGEST);
        acquired(cluster.client("holder").acquire(LOCK, Duration.ofSeconds(5)));
    }

    @AfterEach
    void stop() {
        cluster.close();
        system.close();
    }

    /** A client that hears of node 2 last. */
    private Redlock asking() {
        List<LockNode> nodes = RedisNodes.connect(cluster.set(), system.environment());
        Order order = new Order();
        nodes = List.of(
                new Ordered(nodes.get(0), order, false),
                new Ordered(nodes.get(1), order, false),
                new Ordered(nodes.get(2), order, true));
        return new Redlock(nodes, "asking", LONGEST, system.environment());
    }

    private static void awaitState(Redlock asking, int slot, NodeStatus.State wanted) throws InterruptedException {
        while (asking.nodeStatus().get(slot).state() != wanted) {
            Thread.sleep(10);
        }
    }

    @Test
    void aNodeThatTurnsOutToHaveNoVoteMakesItNoQuorum() throws Exception {
        cluster.server(1).kill();
        cluster.server(2).command("FLUSHALL");
        try (Redlock asking = asking()) {
            awaitState(asking, 0, NodeStatus.State.VOTING);
            awaitState(asking, 2, NodeStatus.State.QUARANTINED);

            Acquisition refused = get(asking.tryAcquire(LOCK));

            assertThat(refused).isInstanceOfSatisfying(Acquisition.NoQuorum.class, none -> {
                assertThat(none.votes()).isEqualTo(1);
                assertThat(none.faults()).extracting(NodeFault::node).containsExactly(address(1), address(2));
                assertThat(none.faults().getLast().reason()).isEqualTo(Handshake.UNADMITTED);
            });
        }
    }

    @Test
    void aNodeThatTurnsOutToShowTheHolderNamesIt() throws Exception {
        cluster.server(1).kill();
        try (Redlock asking = asking()) {
            awaitState(asking, 0, NodeStatus.State.VOTING);
            awaitState(asking, 2, NodeStatus.State.VOTING);

            Acquisition refused = get(asking.tryAcquire(LOCK));

            assertThat(refused)
                    .isInstanceOfSatisfying(
                            Acquisition.HeldByAnother.class,
                            held -> assertThat(held.holder().pod()).isEqualTo("holder"));
        }
    }

    private String address(int slot) {
        return cluster.server(slot).endpoint().toString();
    }

    /** Keeps the answers of one node until the two others have been heard. */
    private static final class Order {
        private final List<Runnable> kept = new ArrayList<>();
        private int heard;

        void first(Runnable reply) {
            reply.run();
            List<Runnable> next = List.of();
            synchronized (this) {
                if (++heard >= 2) {
                    next = List.copyOf(kept);
                    kept.clear();
                }
            }
            next.forEach(Runnable::run);
        }

        void last(Runnable reply) {
            synchronized (this) {
                if (heard < 2) {
                    kept.add(reply);
                    return;
                }
            }
            reply.run();
        }
    }

    /** A real node whose answers to an acquisition come in an order. */
    private record Ordered(LockNode node, Order order, boolean isLast) implements LockNode {
        @Override
        public String address() {
            return node.address();
        }

        @Override
        public void send(Request request, Consumer<Reply> reply) {
            node.send(request, answer -> {
                if (!(request instanceof Request.Acquire)) {
                    reply.accept(answer);
                } else if (isLast) {
                    order.last(() -> reply.accept(answer));
                } else {
                    order.first(() -> reply.accept(answer));
                }
            });
        }

        @Override
        public void flush() {
            node.flush();
        }

        @Override
        public Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
            return node.subscribe(lock, active, observer);
        }

        @Override
        public void observe(Runnable lost) {
            node.observe(lost);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
