package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Request.Witness;
import dev.holdfast.sidecar.redlock.SafetyRules.Observation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one contender or holder has seen of a lock's record on each node, and since when. Thread-safe. */
final class Observations {

    private final SafetyRules rules;
    private final int quorum;
    private final @Nullable Observation[] seen;
    private final long[] numbers;
    private final boolean[] silent;
    /** What an earlier contender saw and this one not yet: it may be a witness of that, but that is no news of today. */
    private final boolean[] recalled;

    Observations(SafetyRules rules, int nodes, int quorum) {
        this.rules = rules;
        this.quorum = quorum;
        this.seen = new @Nullable Observation[nodes];
        this.numbers = new long[nodes];
        this.silent = new boolean[nodes];
        this.recalled = new boolean[nodes];
    }

    /**
     * Goes on from what an earlier contender of this process has seen. Whoever saw a record first, it has been there since
     * then: a record that changed in between is not the same, for operations are numbered.
     */
    synchronized void recall(Observations earlier) {
        @Nullable Observation[] known = earlier.seen();
        for (int slot = 0; slot < seen.length; slot++) {
            seen[slot] = known[slot];
            recalled[slot] = known[slot] != null;
        }
    }

    private synchronized @Nullable Observation[] seen() {
        return seen.clone();
    }

    /** Whether somebody has the lock on any node, so far as is known. */
    synchronized boolean isAnyTaken() {
        return Arrays.stream(seen).anyMatch(at -> at != null && !at.record().isFree());
    }

    /** Takes note; true if it is news. */
    synchronized boolean saw(int slot, LockRecord record, Tick receivedAt) {
        Observation before = seen[slot];
        Observation after = rules.observe(before, record, receivedAt);
        seen[slot] = after;
        silent[slot] = false;
        boolean first = recalled[slot];
        recalled[slot] = false;
        if (before == null || !before.record().attempt().equals(record.attempt())) {
            numbers[slot] = 0;
        }
        return first || !after.equals(before);
    }

    synchronized boolean saw(int slot, LockRecord record, long number, Tick receivedAt) {
        boolean news = saw(slot, record, receivedAt);
        numbers[slot] = number;
        return news;
    }

    /** It counts as not takeable until it shows its record again; for how long that was watched stays known. */
    synchronized void gaveNoVote(int slot) {
        silent[slot] = true;
    }

    /** What may be said of a node when asking it for the lock. */
    synchronized Witness witness(int slot, Tick now) {
        Observation at = seen[slot];
        return at == null || at.record().isFree()
                ? Witness.NOTHING
                : new Witness(
                        at.record().attempt(), at.record().operation(), rules.watchedFor(at.since(), now) / 1_000_000);
    }

    /** Nanoseconds until a quorum will be takeable if nothing changes; a large number if too few were seen at all. */
    synchronized long untilTakeable(String waiter, Tick now) {
        long[] left = new long[seen.length];
        for (int slot = 0; slot < seen.length; slot++) {
            Observation at = seen[slot];
            left[slot] = at == null || silent[slot] || recalled[slot]
                    ? Long.MAX_VALUE
                    : at.record().isFree() || at.record().isReservedFor(waiter)
                            ? 0
                            : Math.max(0, at.record().leaseMillis() * 1_000_000 - rules.watchedFor(at.since(), now));
        }
        Arrays.sort(left);
        return left[quorum - 1];
    }

    /** Whether a node is kept for this waiter, as far as is known. */
    synchronized boolean isReservedFor(String waiter) {
        return Arrays.stream(seen).anyMatch(at -> at != null && at.record().isReservedFor(waiter));
    }

    /** The attempt that a quorum of nodes shows, if it is one. */
    synchronized Optional<Holder> holder() {
        Map<String, Integer> votes = new HashMap<>();
        for (int slot = 0; slot < seen.length; slot++) {
            Observation at = seen[slot];
            if (at != null
                    && !recalled[slot]
                    && !at.record().isFree()
                    && !at.record().isReservation()) {
                votes.merge(at.record().attempt(), 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .filter(entry -> entry.getValue() >= quorum)
                .findAny()
                .map(entry -> new Holder(Redlock.holderOf(entry.getKey()), number(entry.getKey())));
    }

    /** The holder's token is the number that a quorum shows with it. */
    private long number(String attempt) {
        Map<Long, Integer> votes = new HashMap<>();
        for (int slot = 0; slot < seen.length; slot++) {
            Observation at = seen[slot];
            if (at != null && numbers[slot] > 0 && at.record().attempt().equals(attempt)) {
                votes.merge(numbers[slot], 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .filter(entry -> entry.getValue() >= quorum)
                .mapToLong(Map.Entry::getKey)
                .findAny()
                .orElse(0);
    }
}
