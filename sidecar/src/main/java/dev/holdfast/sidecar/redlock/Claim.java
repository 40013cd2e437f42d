package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Request.Witness;

/**
 * One attempt's identity: its id, which is never used again, the numbers of its operations, and what nodes acknowledged.
 * The attempt that makes it hands it on to the lease. Thread-safe.
 */
final class Claim {

    final Redlock redlock;
    final Lock lock;
    final LeaseTiming timing;
    final String id;
    final Acknowledgements acknowledgements;
    private long operation;

    Claim(Redlock redlock, Lock lock, LeaseTiming timing) {
        this.redlock = redlock;
        this.lock = lock;
        this.timing = timing;
        this.id = redlock.newAttemptId();
        int nodes = redlock.nodes().size();
        this.acknowledgements = new Acknowledgements(redlock.rules(), timing, nodes);
    }

    synchronized long nextOperation() {
        return ++operation;
    }

    Request.Acquire acquire(Witness witness, String waiter, long hint) {
        return new Request.Acquire(
                lock.name(), id, nextOperation(), timing.leaseMillis(), lock.keepMillis(), witness, waiter, hint);
    }

    Request.Renew renew(Witness witness, long token) {
        return new Request.Renew(
                lock.name(), id, nextOperation(), timing.leaseMillis(), lock.keepMillis(), witness, token);
    }

    Request.Commit commit(long token) {
        return new Request.Commit(lock.name(), id, nextOperation(), timing.leaseMillis(), lock.keepMillis(), token);
    }

    Request.Release release(boolean clean, String successor, long reserveMillis) {
        return new Request.Release(
                lock.name(), id, nextOperation(), lock.keepMillis(), clean, successor, reserveMillis);
    }
}
