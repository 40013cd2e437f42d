package dev.holdfast.sidecar.redlock;

/**
 * One reading of a process's elapsed-time clocks, in nanoseconds from arbitrary origins. Only differences mean anything.
 *
 * <p>Three clocks, because each fails in its own way: the monotonic clock may be slewed (chrony: by up to 8.3 %), the
 * raw one is not slewed but stands still during suspend, the boot-time one counts suspend. Whoever must not believe too
 * long takes the largest difference; whoever must not act too early takes the smallest.
 */
public record Tick(long boottime, long monotonic, long raw) {

    /** A reading where only one clock exists. */
    public static Tick of(long nanos) {
        return new Tick(nanos, nanos, nanos);
    }

    /** Nanoseconds since {@code earlier} by the fastest clock: for a holder, and for what must end in time. */
    public long mostSince(Tick earlier) {
        return Math.max(boottime - earlier.boottime, Math.max(monotonic - earlier.monotonic, raw - earlier.raw));
    }

    /** Nanoseconds since {@code earlier} by the slowest clock: for a contender or a quarantine that must wait it out. */
    public long leastSince(Tick earlier) {
        return Math.min(boottime - earlier.boottime, Math.min(monotonic - earlier.monotonic, raw - earlier.raw));
    }
}
