package dev.holdfast.sidecar.redlock;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A node in this process that answers at once. The model that the scripts on Redis are compared with. Thread-safe. */
final class InMemoryLockNode implements LockNode {

    private final NodeState state = new NodeState(NodeRules.ALL, "1", this::publish);
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final Map<String, List<Consumer<Reply.Observed>>> observers = new HashMap<>();
    private int runs = 1;

    @Override
    public String address() {
        return "memory";
    }

    @Override
    public synchronized void send(Request request, Consumer<Reply> reply) {
        queue.add(() -> reply.accept(apply(request)));
    }

    @Override
    public void flush() {
        while (true) {
            Runnable next;
            synchronized (this) {
                if (queue.isEmpty()) {
                    return;
                }
                next = queue.remove();
            }
            next.run();
        }
    }

    @Override
    public synchronized Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
        List<Consumer<Reply.Observed>> all = observers.computeIfAbsent(lock, _ -> new CopyOnWriteArrayList<>());
        all.add(observer);
        queue.add(active);
        return () -> all.remove(observer);
    }

    /** There is no connection to lose. */
    @Override
    public void observe(Runnable lost) {}

    @Override
    public void close() {}

    synchronized Reply apply(Request request) {
        return state.apply(request, System.currentTimeMillis());
    }

    synchronized NodeState.Entry entry(String lock) {
        return state.entry(lock, System.currentTimeMillis());
    }

    synchronized void wipe() {
        state.wipe();
    }

    synchronized void restart() {
        state.restart(String.valueOf(++runs));
    }

    private synchronized void publish(String lock, Reply.Observed change) {
        observers.getOrDefault(lock, List.of()).forEach(observer -> observer.accept(change));
    }
}
