package dev.holdfast.sidecar.redlock;

import java.util.concurrent.CompletableFuture;

/** How many attempts and leases of this process have not been given back on the nodes yet. Thread-safe. */
final class Underway {

    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int count;
    private boolean draining;

    /** Counts one more; false: there may be no more. */
    synchronized boolean begin() {
        if (draining) {
            return false;
        }
        count++;
        return true;
    }

    /** One has been given back: every node that it concerned has answered, or has been silent for long enough. */
    void end() {
        boolean last;
        synchronized (this) {
            count--;
            last = draining && count == 0;
        }
        if (last) {
            drained.complete(null);
        }
    }

    /** From now on nothing begins; completes when all has ended. */
    CompletableFuture<Void> drain() {
        boolean none;
        synchronized (this) {
            draining = true;
            none = count == 0;
        }
        if (none) {
            drained.complete(null);
        }
        return drained.copy();
    }
}
