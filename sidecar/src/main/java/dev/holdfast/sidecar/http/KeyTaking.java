package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.Key;
import dev.holdfast.sidecar.mutex.KeyAcquisition;
import dev.holdfast.sidecar.mutex.KeyTerms;
import dev.holdfast.sidecar.mutex.Mutex;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A call that asks for a key: its waiter goes when its caller goes. On its event loop only. */
final class KeyTaking {

    private final Consumer<KeyAcquisition> then;
    private boolean over;

    private KeyTaking(Consumer<KeyAcquisition> then) {
        this.then = then;
    }

    /** Asks; {@code then} is told how it ended, on the call's event loop, unless the caller has gone. */
    static void begin(RoutingContext call, Mutex mutex, Key key, KeyTerms terms, Consumer<KeyAcquisition> then) {
        KeyTaking taking = new KeyTaking(then);
        CompletableFuture<KeyAcquisition> acquisition = mutex.acquire(key, terms);
        call.addEndHandler(_ -> {
            taking.over = true;
            acquisition.cancel(false);
        });
        Future.fromCompletionStage(acquisition, call.vertx().getOrCreateContext())
                .onSuccess(taking::onResult)
                .onFailure(failure -> {
                    if (!acquisition.isCancelled()) {
                        call.fail(failure);
                    }
                });
    }

    private void onResult(KeyAcquisition result) {
        if (!over) {
            then.accept(result);
        } else if (result instanceof KeyAcquisition.Acquired(var lease)) {
            lease.release();
        }
    }
}
