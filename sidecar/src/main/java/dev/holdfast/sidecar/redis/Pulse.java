package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.Tick;
import dev.holdfast.sidecar.redlock.Timers;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the other end of a connection has been silent for too long: it owes answers, and none has come for a while.
 * Thread-safe.
 */
final class Pulse {

    private static final long PATIENCE = 2_000_000_000;

    private final Environment environment;
    private final Runnable onSilence;
    private Tick heard;
    private Timers.@Nullable Timer timer;
    private int owed;

    /** @param onSilence called once at most, on the timers' thread, two seconds after the last sign of life */
    Pulse(Environment environment, Runnable onSilence) {
        this.environment = environment;
        this.onSilence = onSilence;
        this.heard = environment.clock().now();
    }

    /** An answer is owed from now on. Before the question is written. */
    synchronized void asked() {
        if (owed++ == 0) {
            heard = environment.clock().now();
            timer = environment.timers().after(PATIENCE, this::onTimer);
        }
    }

    /** One answer has come. */
    synchronized void answered() {
        heard = environment.clock().now();
        if (--owed == 0) {
            stop();
        }
    }

    /** The connection is over. */
    synchronized void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void onTimer() {
        synchronized (this) {
            if (timer == null) {
                return; // Stopped at this very moment.
            }
            long left = PATIENCE - environment.clock().now().mostSince(heard);
            timer = left > 0 ? environment.timers().after(left, this::onTimer) : null;
            if (left > 0) {
                return;
            }
        }
        onSilence.run();
    }
}
