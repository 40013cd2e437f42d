package dev.holdfast.local;

import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Does the same to several processes at once. */
final class InParallel {
    private InParallel() {}

    @FunctionalInterface
    interface Step<T> {
        void on(T subject) throws LocalFailure;
    }

    /** Returns when all are done; the first failure, in the order given, is thrown. */
    static <T> void each(Collection<T> subjects, Step<T> step) throws LocalFailure {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = subjects.stream()
                    .map(subject -> threads.submit((Callable<Boolean>) () -> {
                        step.on(subject);
                        return true;
                    }))
                    .toList();
            for (var task : running) {
                task.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LocalFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted");
        }
    }
}
