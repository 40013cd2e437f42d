package dev.holdfast.sidecar.redlock;

import org.jspecify.annotations.Nullable;

/**
 * Every rule of the protocol that safety rests on and that a client must keep, one function each. The rules that nodes
 * keep are in the scripts.
 *
 * <p>Not final, so that the mutation check of the simulation can break one rule at a time and must then find a
 * violation. Production code uses {@link #ALL} only.
 */
class SafetyRules {

    static final SafetyRules ALL = new SafetyRules();

    /** Numbers from here on are never proposed: one mad wall clock must not use up the numbers (2^52 µs is 2112). */
    static final long FIRST_ABSURD_NUMBER = 1L << 52;

    /** A majority of all slots, also of those that do not answer. */
    int quorum(int nodes) {
        return nodes / 2 + 1;
    }

    /** An acknowledgement counts from the moment its request was sent: the node counts from later. */
    Tick countsFrom(Tick sent, Tick received) {
        return sent;
    }

    /** How long it counts: the lease, less the drift of two clocks. */
    long validity(LeaseTiming timing) {
        return timing.validity();
    }

    /** How many nodes must have acknowledged within the validity for the lease to go on. */
    int acknowledgementsToHold(int nodes) {
        return quorum(nodes);
    }

    /** A lapse is final: others may have held, and released, a larger token meanwhile. */
    boolean mayStillRenew(long remaining) {
        return remaining > 0;
    }

    /** The holder counts by its fastest clock: whichever of them is wrong, it believes no longer than it may. */
    long heldFor(Tick from, Tick now) {
        return now.mostSince(from);
    }

    /** Whoever was told earlier how long the lease is valid may count on all of that. */
    boolean mayGiveBackLost(long remaining) {
        return remaining <= 0;
    }

    /**
     * So that no acquisition mixes acknowledgements from before and after a node's loss of memory; and a lease that is
     * half over already is not worth having.
     */
    boolean acquiredInTime(LeaseTiming timing, Tick startedAt, Tick now, long remaining) {
        return now.mostSince(startedAt) <= timing.acquireWithin() && remaining >= timing.validity() / 2;
    }

    /** A hint below what was seen would cost a second round; only tokens above all seen ones rise. */
    long hint(long largestSeen, long wallMicros) {
        return Math.max(largestSeen + 1, wallMicros < FIRST_ABSURD_NUMBER ? wallMicros : 0);
    }

    /** The witness's time starts again with every change of the record, at the receipt of what it saw. */
    Observation observe(@Nullable Observation earlier, LockRecord record, Tick receivedAt) {
        return earlier != null && earlier.record().equals(record) ? earlier : new Observation(record, receivedAt);
    }

    /** A contender counts by its slowest clock: whichever of them is wrong, it waits the lease out. */
    long watchedFor(Tick since, Tick now) {
        return now.leastSince(since);
    }

    /** The loss is watched for as long as any lease or acquisition of before it may last, on this clock. */
    boolean quarantineOver(Tick watchedSince, Tick now, long longestLease, double drift) {
        return now.leastSince(watchedSince) >= (long) (longestLease * (1 + drift)) + 1;
    }

    /** A node may lose its memory twice without a restart in between: the nonce tells. */
    boolean isSameLoss(String watchedRun, String watchedNonce, Reply.Forgotten now) {
        return watchedRun.equals(now.run()) && watchedNonce.equals(now.nonce());
    }

    /** At once only what promised to keep everything, and shows no sign of having been rolled back. */
    boolean mayReadmit(@Nullable RememberedLife remembered, Reply.Forgotten node) {
        return !node.life().isEmpty()
                && node.durable()
                && (remembered == null || (remembered.life().equals(node.life()) && node.max() >= remembered.max()));
    }

    /** So many other nodes must be read that one of them knows any committed number. */
    int floorReadsNeeded(int nodes) {
        return nodes - quorum(nodes) + 1;
    }

    /** The floor is read when the quarantine is over, not before: until then acquisitions may still complete. */
    boolean mayReadFloor(boolean quarantineOver) {
        return quarantineOver;
    }

    /** Numbers of a node that has forgotten start above all that anybody may have been told. */
    long floor(long largestRead, long ownMax, long wallMicros) {
        long clock = wallMicros < FIRST_ABSURD_NUMBER ? wallMicros : 0;
        return Math.max(largestRead, Math.max(ownMax, clock));
    }

    /** Whether a node may be admitted although too few others could be read: exclusion holds, tokens rest on clocks. */
    boolean mayAdmitByClock() {
        return true;
    }

    /** A record on a node, and since when it has been seen unchanged. */
    record Observation(LockRecord record, Tick since) {}

    /** What this process knows of a node's present life. */
    record RememberedLife(String life, long max) {}
}
