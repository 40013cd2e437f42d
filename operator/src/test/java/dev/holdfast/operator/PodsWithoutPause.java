package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody who creates one pod after another and remembers what went wrong. */
final class PodsWithoutPause implements AutoCloseable {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger tried = new AtomicInteger();
    private final Runnable creation;
    private final Thread thread = Thread.ofVirtual().name("pods").unstarted(this::run);
    private volatile boolean closed;

    private PodsWithoutPause(Runnable creation) {
        this.creation = creation;
    }

    /** @param creation fails in whatever way if the pod is not as it should be */
    static PodsWithoutPause start(Runnable creation) {
        PodsWithoutPause pods = new PodsWithoutPause(creation);
        pods.thread.start();
        return pods;
    }

    private void run() {
        while (!closed) {
            try {
                creation.run();
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
            }
            tried.incrementAndGet();
        }
    }

    /** Until so many more were tried, or one failed. */
    void awaitMore(int count) {
        int before = tried.get();
        await().atMost(SOON).until(() -> tried.get() >= before + count || !failures.isEmpty());
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
