package dev.holdfast.sidecar.mutex;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.Sighting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A lock of mode Mutex: applications take keys under it, each held by one at a time. Thread-safe; nothing blocks. */
public final class Mutex {

    private final Redlock redlock;
    private volatile Lock lock;
    private final Leases leases;

    /**
     * A lock whose keys can be taken at once.
     *
     * @param lock its name, and the durations of its keys unless asked for otherwise
     * @throws IllegalArgumentException if the lock's durations do not fit each other or the node set
     */
    public Mutex(Redlock redlock, Lock lock, Leases leases) {
        redlock.check(lock);
        this.redlock = redlock;
        this.lock = lock;
        this.leases = leases;
    }

    /** The lock's name. */
    public String lock() {
        return lock.name();
    }

    /**
     * Changes the durations of keys that are taken from now on, and how long those that are held may be held.
     *
     * @throws IllegalArgumentException if they do not fit each other or the node set: then nothing changes
     */
    public void change(Lock terms) {
        redlock.check(terms);
        lock = terms;
        leases.held().stream()
                .filter(held -> held.lock().equals(terms.name()))
                .forEach(held -> held.limit(terms.maxHold()));
    }

    /** How long a key is leased for, unless asked for otherwise. */
    public Duration leaseDuration() {
        return lock.leaseDuration();
    }

    /** How each node stands now, slot by slot. */
    public List<NodeStatus> nodes() {
        return redlock.nodeStatus();
    }

    /** How many nodes must vote. */
    public int quorum() {
        return redlock.quorum();
    }

    /** Whether this process ends, and gives out no more keys. */
    public boolean isStopping() {
        return leases.isStopping();
    }

    /** Who has a key, as a quorum of nodes shows it now. */
    public CompletableFuture<Sighting> look(Key key) {
        return redlock.look(lockOf(key, lock.leaseDuration()));
    }

    /**
     * Takes a key. Cancelling the future withdraws the waiter, and releases the key if it was acquired at that very moment.
     *
     * @throws IllegalArgumentException if the lease is too short or too long, with what is allowed
     */
    public CompletableFuture<KeyAcquisition> acquire(Key key, KeyTerms terms) {
        Lock of = lockOf(key, terms.leaseDuration());
        redlock.check(of);
        if (leases.isStopping()) {
            return CompletableFuture.completedFuture(new KeyAcquisition.Stopping());
        }
        if (!leases.reserve()) {
            return CompletableFuture.completedFuture(new KeyAcquisition.Full(leases.most()));
        }
        CompletableFuture<KeyAcquisition> result = new CompletableFuture<>();
        CompletableFuture<KeyLease> acquired = new CompletableFuture<>();
        CompletableFuture<Acquisition> attempt =
                redlock.acquire(of, terms.patience(), event -> acquired.thenAccept(lease -> lease.on(event)));
        attempt.whenComplete((acquisition, failure) -> {
            switch (acquisition) {
                case Acquisition.Acquired(var lease) -> {
                    KeyLease held = new KeyLease(
                            leases.newId(),
                            lock.name(),
                            key,
                            terms,
                            lease,
                            leases.wallClock().instant(),
                            leases);
                    leases.add(held);
                    held.watch();
                    acquired.complete(held);
                    if (leases.isStopping()) {
                        held.end(KeyEnding.STOPPED); // Added too late for whoever releases all.
                        result.complete(new KeyAcquisition.Stopping());
                    } else if (!result.complete(new KeyAcquisition.Acquired(held))) {
                        held.release();
                    }
                }
                case null -> {
                    leases.giveUp();
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    }
                }
                default -> {
                    leases.giveUp();
                    result.complete(new KeyAcquisition.Refused(acquisition));
                }
            }
        });
        result.whenComplete((_, _) -> attempt.cancel(false));
        leases.wakeOnClose(result);
        return result;
    }

    private Lock lockOf(Key key, Duration leaseDuration) {
        Lock now = lock;
        return new Lock(now.name() + '/' + key.stored(), leaseDuration, now.lockDelay(), now.maxHold(), false);
    }
}
