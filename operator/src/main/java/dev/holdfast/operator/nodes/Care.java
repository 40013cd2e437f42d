package dev.holdfast.operator.nodes;

import dev.holdfast.sidecar.redis.NodeCare;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Node sets that are cared for, each until some time after it was asked for last. Thread-safe. */
final class Care implements AutoCloseable {

    private static final Duration LINGER = Duration.ofMinutes(1);
    /** Each costs some threads. */
    private static final int AT_A_TIME = 32;

    private final Map<Object, Taken> taken = new HashMap<>();
    private final ScheduledExecutorService ends = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("node-care").factory());

    /** What is closed when nobody has asked for it any more. */
    record Open(NodeCare nodes, AuthorityFile authority) implements AutoCloseable {
        @Override
        public void close() {
            nodes.close();
            authority.close();
        }
    }

    private record Taken(Open open, ScheduledFuture<?> end) {}

    /**
     * Does nothing while there are many already; then it is asked for again.
     *
     * @param key what the nodes are reached with is part of it: with something else they are opened anew
     * @param opening called unless it is open already
     */
    synchronized void take(Object key, Supplier<Open> opening) {
        Taken known = taken.get(key);
        if (known == null && taken.size() >= AT_A_TIME) {
            return;
        }
        if (known != null) {
            known.end.cancel(false);
        }
        Open open = known == null ? opening.get() : known.open;
        taken.put(key, new Taken(open, ends.schedule(() -> end(key), LINGER.toMillis(), TimeUnit.MILLISECONDS)));
    }

    private synchronized void end(Object key) {
        Taken known = taken.get(key);
        // Somebody may have asked for it in the very moment.
        if (known != null && known.end.getDelay(TimeUnit.MILLISECONDS) <= 0) {
            taken.remove(key);
            known.open.close();
        }
    }

    @Override
    public synchronized void close() {
        ends.shutdownNow();
        taken.values().forEach(known -> known.open.close());
        taken.clear();
    }
}
