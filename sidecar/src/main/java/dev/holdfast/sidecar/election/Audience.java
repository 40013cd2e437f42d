package dev.holdfast.sidecar.election;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Whoever is told what happens in an election. Thread-safe. */
final class Audience {

    /** How long a release waits for heralds: a busy one must not keep the lock from its next holder. */
    private static final Duration HERALD_PATIENCE = Duration.ofMillis(50);

    private final List<Consumer<ElectionEvent>> observers = new CopyOnWriteArrayList<>();
    private final List<Function<ElectionEvent, CompletableFuture<?>>> heralds = new CopyOnWriteArrayList<>();

    void add(Consumer<ElectionEvent> observer) {
        observers.add(observer);
    }

    void addHerald(Function<ElectionEvent, CompletableFuture<?>> herald) {
        heralds.add(herald);
    }

    /** Observers first. Of a loss, it returns when heralds have passed it on, or after 50 ms. */
    void tell(ElectionEvent event) {
        observers.forEach(observer -> observer.accept(event));
        CompletableFuture<?>[] told =
                heralds.stream().map(herald -> herald.apply(event)).toArray(CompletableFuture[]::new);
        if (event instanceof ElectionEvent.Lost) {
            CompletableFuture.allOf(told)
                    .orTimeout(HERALD_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((_, _) -> true)
                    .join();
        }
    }
}
