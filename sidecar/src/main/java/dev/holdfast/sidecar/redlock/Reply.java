package dev.holdfast.sidecar.redlock;

/** What a node answers: its vote. Every request gets exactly one, if only {@link Unreachable} after the time-out. */
public sealed interface Reply {

    /**
     * Acquired here.
     *
     * @param number the number that is tied to the attempt
     * @param dirty whether the last holder vanished without releasing
     */
    record Granted(long number, boolean dirty) implements Reply {}

    /** Renewed, committed, released, withdrawn, admitted: done as asked. */
    record Done() implements Reply {}

    /**
     * Somebody else has it.
     *
     * @param number the lock's number on this node
     */
    record Held(LockRecord record, long number) implements Reply {}

    /**
     * The answer to {@link Request.Observe}.
     *
     * @param number the lock's number on this node: the holder's token, or more
     * @param rank how many live waiters came before; 0 if the asker does not wait
     */
    record Observed(LockRecord record, long number, int rank) implements Reply {}

    /** The attempt has sent a later operation already; nothing was changed. */
    record Stale() implements Reply {}

    /** Another attempt has a larger number here; nothing was changed. */
    record Overtaken(long number) implements Reply {}

    /** The attempt does not have this node (any more); nothing was changed. */
    record Gone() implements Reply {}

    /** The node votes. {@code max} is the largest number it ever gave in this {@code life}. */
    record Admitted(String run, String life, long max) implements Reply {}

    /**
     * The node may have forgotten and has no vote.
     *
     * @param nonce names this loss of memory
     * @param life the life of the marker that survived, empty if none did
     */
    record Forgotten(String run, String nonce, String life, long max, boolean durable) implements Reply {}

    /** No vote, and why, in words for people: not admitted, another slot's data, a replica, … */
    record NoVote(String reason) implements Reply {}

    /** No answer, and why, in words for people. The request may or may not have been carried out, now or later. */
    record Unreachable(String reason) implements Reply {}
}
