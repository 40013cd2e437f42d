package dev.holdfast.local;

import java.io.IOException;
import java.time.Duration;

/** One sidecar, as a pod would run it: a process with a name, an API, and beside it probes and metrics. */
record Pod(String name, int port, int healthPort, Child child, SidecarApi api) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Returns once its API answers. */
    void start() throws LocalFailure {
        child.start();
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (!child.isAlive()) {
                throw new LocalFailure("the sidecar of " + name + " does not start: " + child.lastWords());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LocalFailure("the sidecar of " + name + " does not answer: " + child.lastWords());
            }
            Pause.of(Duration.ofMillis(20));
        }
    }

    private boolean answers() {
        try {
            api.locks(Duration.ofSeconds(1));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
