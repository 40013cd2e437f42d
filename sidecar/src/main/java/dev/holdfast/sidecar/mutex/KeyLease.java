package dev.holdfast.sidecar.mutex;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.LeaseEvent;
import dev.holdfast.sidecar.redlock.Renewal;
import dev.holdfast.sidecar.redlock.Tick;
import dev.holdfast.sidecar.redlock.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that an application holds, until it is released or lost. Thread-safe; nothing blocks.
 *
 * <p>The engine renews its lease all the time. An application that must renew by itself has a deadline besides; when that has
 * passed the key is released, so that the next waiter is woken instead of waiting out a lease.
 */
public final class KeyLease {

    /** How long a release waits for heralds: a busy one must not keep the key from its next holder. */
    private static final Duration HERALD_PATIENCE = Duration.ofMillis(50);

    private final String id;
    private final String lock;
    private final Key key;
    private final KeyTerms terms;
    private final Lease lease;
    private final Instant since;
    private final Environment environment;
    private final Leases leases;
    private final List<Supplier<CompletableFuture<?>>> heralds = new CopyOnWriteArrayList<>();
    private Tick renewedAt;
    private Timers.@Nullable Timer deadline;
    private boolean atRisk;
    private @Nullable KeyEnding ending;

    KeyLease(String id, String lock, Key key, KeyTerms terms, Lease lease, Instant since, Leases leases) {
        this.id = id;
        this.lock = lock;
        this.key = key;
        this.terms = terms;
        this.lease = lease;
        this.since = since;
        this.leases = leases;
        this.environment = leases.environment();
        this.renewedAt = environment.clock().now();
    }

    /** Whoever knows it can renew and release: not for logs. */
    public String id() {
        return id;
    }

    /** The lock that the key is of. */
    public String lock() {
        return lock;
    }

    public Key key() {
        return key;
    }

    public boolean autoRenew() {
        return terms.autoRenew();
    }

    /** Wall time, for people. */
    public Instant since() {
        return since;
    }

    /** Larger than the token of any earlier holder of this key; below 2^53. */
    public long fencingToken() {
        return lease.fencingToken();
    }

    /** For how long the key is held for certain, from this instant; zero if it is not held. */
    public synchronized Duration validFor() {
        if (ending != null) {
            return Duration.ZERO;
        }
        Duration valid = lease.validFor();
        Duration own = untilDeadline();
        return own.compareTo(valid) < 0 ? own : valid;
    }

    /** Whether renewals fail and less than half of the lease is left. */
    public synchronized boolean isAtRisk() {
        return atRisk && ending == null;
    }

    /** Why it is over; empty while it is held. */
    public synchronized Optional<KeyEnding> ending() {
        return ending == null && !validFor().isPositive() ? Optional.of(lateEnding()) : Optional.ofNullable(ending);
    }

    /** Adds somebody to be told of each change, who completes when told; the release waits for that, for a moment at most. */
    public void announce(Supplier<CompletableFuture<?>> herald) {
        heralds.add(herald);
    }

    /**
     * Puts the application's deadline off by a whole lease from now, and renews on the nodes.
     *
     * @return {@link Renewal.Missed} if too few nodes answered: the key is held still, and renewals are tried again
     */
    public CompletableFuture<Renewal> renew() {
        synchronized (this) {
            if (!validFor().isPositive()) {
                return CompletableFuture.completedFuture(new Renewal.Lost());
            }
            renewedAt = environment.clock().now();
        }
        return lease.renew();
    }

    /**
     * Gives the key up: from this call on it is not held.
     *
     * @return whether it was held; completes when the nodes have decided
     */
    public CompletableFuture<Boolean> release() {
        return end(KeyEnding.RELEASED);
    }

    CompletableFuture<Boolean> end(KeyEnding why) {
        boolean held;
        KeyEnding truly;
        synchronized (this) {
            if (ending != null) {
                return CompletableFuture.completedFuture(false);
            }
            held = validFor().isPositive();
            boolean late = !held && (why == KeyEnding.RELEASED || why == KeyEnding.STOPPED);
            truly = late ? lateEnding() : why;
            ending = truly;
            if (deadline != null) {
                deadline.cancel();
            }
        }
        leases.ended(this, truly);
        return told().thenCompose(_ -> lease.release()).thenApply(_ -> held);
    }

    void limit(Optional<Duration> maxHold) {
        lease.limit(maxHold);
    }

    /** Begins to watch the application's deadline. */
    synchronized void watch() {
        if (!terms.autoRenew() && ending == null) {
            deadline = environment.timers().after(Math.max(1, untilDeadline().toNanos()), this::onDeadline);
        }
    }

    void on(LeaseEvent event) {
        switch (event) {
            case LeaseEvent.AtRisk _ -> risk(true);
            case LeaseEvent.Recovered _ -> risk(false);
            case LeaseEvent.Overdue _ -> end(KeyEnding.MAX_HOLD);
            case LeaseEvent.Ended _ -> end(KeyEnding.LOST);
        }
    }

    private KeyEnding lateEnding() {
        return lease.isHeld() ? KeyEnding.EXPIRED : KeyEnding.LOST;
    }

    private Duration untilDeadline() {
        long passed = environment.clock().now().mostSince(renewedAt);
        return terms.autoRenew()
                ? Duration.ofNanos(Long.MAX_VALUE)
                : Duration.ofNanos(Math.max(0, terms.leaseDuration().toNanos() - passed));
    }

    private void onDeadline() {
        boolean over;
        synchronized (this) {
            over = !untilDeadline().isPositive();
            if (!over) {
                watch();
            }
        }
        if (over) {
            end(KeyEnding.EXPIRED);
        }
    }

    private void risk(boolean now) {
        synchronized (this) {
            atRisk = now;
        }
        told();
    }

    private CompletableFuture<?> told() {
        if (heralds.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.allOf(heralds.stream().map(Supplier::get).toArray(CompletableFuture[]::new))
                .orTimeout(HERALD_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, _) -> null);
    }
}
