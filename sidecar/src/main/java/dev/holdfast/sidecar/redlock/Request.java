package dev.holdfast.sidecar.redlock;

import java.time.Duration;

/** What a node can be asked. Each is one atomic step on the node: one script on Redis. */
public sealed interface Request {

    /** How long the node may take to answer: less for shorter leases. */
    default Duration timeout() {
        long lease = switch (this) {
            case Acquire acquire -> acquire.leaseMillis();
            case Renew renew -> renew.leaseMillis();
            case Commit commit -> commit.leaseMillis();
            case Release _, Observe _, Withdraw _, Status _, Readmit _, Admit _ -> Long.MAX_VALUE;
        };
        return Duration.ofMillis(Math.min(LeaseTiming.SLOWEST_OPERATION.toMillis(), lease / 10));
    }

    /** Requests about one lock. */
    sealed interface OnLock extends Request {
        String lock();
    }

    /**
     * Takes the lock on this node if it is free, reserved for the waiter, or held by a record that the sender has
     * witnessed for the record's whole lease; the node ties a new number to the attempt.
     *
     * @param hint the number to take, unless the node has seen a larger one
     */
    record Acquire(
            String lock,
            String attempt,
            long operation,
            long leaseMillis,
            long keepMillis,
            Witness witness,
            String waiter,
            long hint)
            implements OnLock {}

    /** Extends the attempt's record, or joins a node that lacks it by the same rules as {@link Acquire}. */
    record Renew(
            String lock, String attempt, long operation, long leaseMillis, long keepMillis, Witness witness, long token)
            implements OnLock {}

    /** Ties a larger number to an attempt that holds this node under a smaller one. */
    record Commit(String lock, String attempt, long operation, long leaseMillis, long keepMillis, long token)
            implements OnLock {}

    /**
     * Gives the node back if the attempt has it.
     *
     * @param clean whether the holder ended in order: then no lock-delay follows
     * @param successor the name of a holder whose waiter, if it has one in line here, may take it at once; empty: anybody
     * @param reserveMillis how long others must witness the reservation
     */
    record Release(
            String lock,
            String attempt,
            long operation,
            long keepMillis,
            boolean clean,
            String successor,
            long reserveMillis)
            implements OnLock {}

    /**
     * Reads the lock's record.
     *
     * @param waiter if not empty, is put in the queue of waiters and told its rank
     * @param waiterMillis a waiter that has not looked for so long is not waiting any more
     */
    record Observe(String lock, String waiter, long waiterMillis) implements OnLock {}

    /** Takes a waiter out of the queue. */
    record Withdraw(String lock, String waiter) implements OnLock {}

    /** Asks whether the node may vote; an unadmitted one without a nonce takes this one. */
    record Status(String nonce) implements Request {}

    /** Lets a durable node vote again that restarted with all it had acknowledged. */
    record Readmit(String life, long max) implements Request {}

    /** Lets a node vote that has forgotten; a compare-and-set on the life that was watched. */
    record Admit(String run, String nonce, long floor, long longestLeaseMillis, boolean durable) implements Request {}

    /**
     * What the sender has watched: this record, unchanged for so long on the sender's clock.
     *
     * @param attempt empty: nothing was watched
     */
    record Witness(String attempt, long operation, long millis) {
        static final Witness NOTHING = new Witness("", 0, 0);
    }
}
