package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Brings an election's events to the calls that wait for them, to each on its own event loop. Thread-safe. */
final class LockEvents {

    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

    /** Before the election starts, or events are missed. */
    LockEvents(Election election) {
        election.announce(this::tell);
    }

    /** Tells events from now on, on the event loop that this is called on. */
    Listener listen(Vertx vertx, Consumer<ElectionEvent> consumer) {
        Listener listener = new Listener(vertx.getOrCreateContext(), consumer);
        listeners.add(listener);
        return listener;
    }

    /** Completes when all have been told. */
    private CompletableFuture<?> tell(ElectionEvent event) {
        return CompletableFuture.allOf(
                listeners.stream().map(listener -> listener.tell(event)).toArray(CompletableFuture[]::new));
    }

    /** One call that listens. */
    final class Listener {
        private final Context context;
        private final Consumer<ElectionEvent> consumer;

        private Listener(Context context, Consumer<ElectionEvent> consumer) {
            this.context = context;
            this.consumer = consumer;
        }

        private CompletableFuture<?> tell(ElectionEvent event) {
            return Telling.on(context, () -> {
                // It may have gone while this was under way.
                if (listeners.contains(this)) {
                    consumer.accept(event);
                }
            });
        }

        void stop() {
            listeners.remove(this);
        }
    }
}
