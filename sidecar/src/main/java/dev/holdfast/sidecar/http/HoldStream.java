package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.KeyLease;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A key that is held for as long as this stream stays open: when the reader dies, its kernel closes the connection, and the
 * key is released at once. On its event loop only.
 */
final class HoldStream {

    private final RoutingContext call;
    private final KeyLease lease;
    private final EventStream stream;
    private final Context context;

    /** Call on the call's event loop, with a key that was just acquired. */
    HoldStream(RoutingContext call, KeyLease lease) {
        this.call = call;
        this.lease = lease;
        this.stream = new EventStream(call, new News(lease));
        this.context = call.vertx().getOrCreateContext();
    }

    void start() {
        lease.announce(this::tell);
        call.addEndHandler(_ -> lease.release());
        stream.start();
        endIfOver();
    }

    private CompletableFuture<?> tell() {
        return Telling.on(context, () -> {
            stream.poke();
            endIfOver();
        });
    }

    private void endIfOver() {
        if (lease.ending().isPresent()) {
            stream.finish();
        }
    }

    /** What the stream says next: the state at that instant, under a name that fits it. */
    private static final class News implements Supplier<Optional<Buffer>> {
        private final KeyLease lease;
        private boolean begun;
        private boolean toldLost;
        private boolean toldRisk;

        News(KeyLease lease) {
            this.lease = lease;
        }

        @Override
        public Optional<Buffer> get() {
            JsonObject state = LeaseState.json(lease);
            boolean held = state.getBoolean("held");
            boolean atRisk = lease.isAtRisk();
            Optional<String> name = name(held, atRisk);
            begun = true;
            toldLost |= !held;
            toldRisk = atRisk;
            return name.map(known -> EventStream.event(known, state.encode()));
        }

        private Optional<String> name(boolean held, boolean atRisk) {
            if (!held) {
                return toldLost ? Optional.empty() : Optional.of("lost");
            }
            if (!begun) {
                return Optional.of("acquired");
            }
            if (atRisk == toldRisk) {
                return Optional.empty();
            }
            return Optional.of(atRisk ? "at-risk" : "state");
        }
    }
}
