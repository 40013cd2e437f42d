package dev.holdfast.local;

/** The smallest resource that is safe from a stale holder: it remembers the largest token and refuses smaller ones. */
final class FencedLedger {
    private long highest;

    /** Whether the write was let in. */
    synchronized boolean write(long token) {
        if (token < highest) {
            return false;
        }
        highest = token;
        return true;
    }

    synchronized long highest() {
        return highest;
    }
}
