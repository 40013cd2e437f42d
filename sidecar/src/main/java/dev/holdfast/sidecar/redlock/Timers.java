package dev.holdfast.sidecar.redlock;

/** Runs tasks later. A task may run late, so each one reads the clock again before it decides anything. */
@FunctionalInterface
public interface Timers {

    /** Runs {@code task} once, about {@code nanos} nanoseconds from now, on a thread that holds no lock of the engine. */
    Timer after(long nanos, Runnable task);

    /** A task that has been set. */
    @FunctionalInterface
    interface Timer {
        /** Keeps the task from running if it has not begun. */
        void cancel();
    }
}
