package dev.holdfast.local;

import java.time.Duration;

/** Waits for something outside of this process. */
final class Pause {
    private Pause() {}

    static void of(Duration duration) throws LocalFailure {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted");
        }
    }
}
