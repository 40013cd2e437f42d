package dev.holdfast.sidecar.redlock;

/**
 * Is told what becomes of the leases and requests of one node set, for those who count and time it. Thread-safe.
 *
 * <p>Called often, on the engine's threads and its callers', also while they hold locks of the engine: takes next to no
 * time, never blocks, never throws, and does not call the engine. Durations are in nanoseconds.
 */
public interface RedlockObserver {

    /** Nobody wants to know. */
    RedlockObserver NONE = new RedlockObserver() {};

    /** A contender of this process stands in line for the lock from now on. */
    default void joinedLine(String lock) {}

    /** It does not any more. */
    default void leftLine(String lock) {}

    /** A contender is done; {@code took} is from its start to that, waiting included. */
    default void contended(String lock, Acquisition result, long took) {}

    /**
     * A waiter got the lock from a holder that released it.
     *
     * @param took from when the waiter saw that it could have a quorum of nodes, and wanted it, to when it had the lock
     */
    default void handedOver(String lock, long took) {}

    /** A round that asked a quorum of nodes or more to renew a lease is decided; {@code took} is from its first request. */
    default void renewed(String lock, Renewal outcome, long took) {}

    /** A lease is over; {@code held} does not count the time after its validity. */
    default void ended(String lock, LeaseEvent.Ending ending, long held) {}

    /** A node answered a request of any kind, or did not in time. */
    default void answered(int slot, Reply reply) {}

    /** A node answered a request to renew a lease, or for its status, after so long. */
    default void roundTrip(int slot, long took) {}
}
