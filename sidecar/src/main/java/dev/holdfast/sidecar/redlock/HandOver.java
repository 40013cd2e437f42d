package dev.holdfast.sidecar.redlock;

import org.jspecify.annotations.Nullable;

/** Times a hand-over as one waiter sees it. Used under its contender's lock. */
final class HandOver {

    private boolean holderSeen;
    private @Nullable Tick freeSince;

    /** Somebody else has the lock. */
    void sawHolder() {
        holderSeen = true;
        freeSince = null;
    }

    /** A quorum of nodes can be taken, and the waiter wants to. */
    void sawFree(Tick now) {
        if (holderSeen && freeSince == null) {
            freeSince = now;
        }
    }

    /** Tells how long it took, if there was a holder before and its end was seen. */
    void acquired(RedlockObserver observer, String lock, Tick at) {
        if (freeSince != null) {
            observer.handedOver(lock, at.mostSince(freeSince));
        }
    }
}
