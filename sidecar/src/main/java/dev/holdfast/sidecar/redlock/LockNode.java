package dev.holdfast.sidecar.redlock;

import java.util.function.Consumer;

/**
 * One independent node as the protocol needs it. Strictly for use by the engine. Thread-safe.
 *
 * <p>Requests of one process reach the node in the order in which they were sent, unless the connection broke in
 * between.
 */
public interface LockNode extends AutoCloseable {

    /** The address, for people. */
    String address();

    /**
     * Queues a request; {@link #flush} sends it. Never blocks on the node.
     *
     * @param reply is called exactly once, within the operation time-out, on a thread that holds no lock of the engine,
     *     and never before {@code send} has returned
     */
    void send(Request request, Consumer<Reply> reply);

    /** Sends what is queued, now or together with what else is under way. Never blocks on the node. */
    void flush();

    /**
     * Tells the observer about every change of a lock's record, at most once each and as long as the connection lasts: a
     * hint to look, never a vote.
     *
     * @param active is called whenever notifications begin, also after a connection was made anew: changes before that
     *     were not told. Like the observer it is called on a thread that holds no lock of the engine
     */
    Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer);

    /**
     * Tells when the connection is lost: what was known of the node may be so no longer.
     *
     * @param lost is called after each loss; the last one given counts. It is called on a thread that holds no lock of the engine
     */
    void observe(Runnable lost);

    @Override
    void close();

    /** Ends the notifications. */
    @FunctionalInterface
    interface Subscription {
        void cancel();
    }
}
