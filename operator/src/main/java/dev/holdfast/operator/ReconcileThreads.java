package dev.holdfast.operator;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A virtual thread for each reconciliation, of which so many work at a time: else a thousand resources would ask the API
 * server at once. Whoever waits for something else than the API server gives his place away meanwhile. Thread-safe.
 */
final class ReconcileThreads extends AbstractExecutorService {

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("reconcile-", 0).factory());
    private final Semaphore places;

    ReconcileThreads(int places) {
        this.places = new Semaphore(places);
    }

    @Override
    public void execute(Runnable reconciliation) {
        threads.execute(() -> {
            places.acquireUninterruptibly();
            try {
                reconciliation.run();
            } finally {
                places.release();
            }
        });
    }

    /** Called by a reconciliation: others go on while it waits. */
    <T> T whileOthersGoOn(Supplier<T> waiting) {
        places.release();
        try {
            return waiting.get();
        } finally {
            places.acquireUninterruptibly();
        }
    }

    @Override
    public void shutdown() {
        threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }
}
