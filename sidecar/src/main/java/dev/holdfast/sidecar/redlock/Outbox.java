package dev.holdfast.sidecar.redlock;

import java.util.ArrayDeque;

/**
 * Delivers what a state machine has to tell others, in order and outside its lock. Fill it under the lock, call
 * {@link #deliver} after it. Thread-safe.
 */
final class Outbox {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(2);
    private boolean delivering;

    synchronized void add(Runnable notice) {
        waiting.add(notice);
    }

    /** Delivers all, unless another call on any thread is at it already: then that one does. */
    void deliver() {
        while (true) {
            Runnable notice;
            synchronized (this) {
                if (delivering || waiting.isEmpty()) {
                    return;
                }
                delivering = true;
                notice = waiting.remove();
            }
            try {
                notice.run();
            } finally {
                synchronized (this) {
                    delivering = false;
                }
            }
        }
    }
}
