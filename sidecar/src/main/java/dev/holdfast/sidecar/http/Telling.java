package dev.holdfast.sidecar.http;

import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Tells a call something on its own event loop, from whatever thread knows it. */
final class Telling {

    private Telling() {}

    /** Completes when it has been told, or when the process ends and nobody can be told any more. */
    static CompletableFuture<?> on(Context context, Runnable news) {
        CompletableFuture<?> told = new CompletableFuture<>();
        try {
            context.runOnContext(_ -> {
                try {
                    news.run();
                } finally {
                    told.complete(null);
                }
            });
        } catch (RejectedExecutionException _) {
            told.complete(null); // The process ends.
        }
        return told;
    }
}
