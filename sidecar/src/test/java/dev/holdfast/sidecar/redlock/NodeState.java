package dev.holdfast.sidecar.redlock;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one node stores and does: the scripts in Java, step for step. Not thread-safe; time is given with each request.
 *
 * <p>One difference: the scripts compare the whole marker with what the caller was told on its connection, this compares
 * the admitted run only. So requests from before a loss of memory count here if they arrive after the next admission,
 * which the scripts refuse; the protocol must be safe without that.
 */
final class NodeState {

    /** Numbers from here on are refused. */
    private static final long ABSURD = 1L << 52;

    private static final long WAITERS_STAY_MILLIS = 600_000;

    private final NodeRules rules;
    private final BiConsumer<String, Reply.Observed> publisher;
    private final Map<String, Entry> entries = new HashMap<>(4);
    private final Map<String, Waiters> queues = new HashMap<>(4);
    String run;
    private @Nullable Marker marker;
    private long max;
    private @Nullable String nonce;

    NodeState(NodeRules rules, String run, BiConsumer<String, Reply.Observed> publisher) {
        this.rules = rules;
        this.run = run;
        this.publisher = publisher;
    }

    /** The marker of an admitted node. */
    record Marker(String boot, String life, long floor, boolean durable) {}

    /** A lock's entry: its number, and the record of who has it. */
    record Entry(
            long number,
            String owner,
            String attempt,
            long operation,
            long leaseMillis,
            boolean dirty,
            long writtenAt,
            long expiresAt) {}

    private static final class Waiters {
        private final TreeMap<String, Long> lastLooked = new TreeMap<>();
        private long expiresAt;
    }

    boolean isAdmitted() {
        return marker != null && marker.boot.equals(run);
    }

    String life() {
        return marker == null ? "" : marker.life;
    }

    boolean isDurable() {
        return marker != null && marker.durable;
    }

    long max() {
        return max;
    }

    /** As if by an admission long ago. */
    void beginLife(String life, boolean durable) {
        marker = new Marker(run, life, 0, durable);
    }

    /** The lock's entry as every script reads it. */
    Entry entry(String lock, long now) {
        Entry at = entries.get(lock);
        if (at != null && at.expiresAt <= now) {
            entries.remove(lock);
            at = null;
        }
        long floor = marker == null ? 0 : marker.floor;
        if (at == null) {
            return new Entry(rules.absentNumber(max, floor), "-", LockRecord.FREE, 0, 0, false, now, 0);
        }
        if (!at.attempt.equals(LockRecord.FREE) && rules.hasLapsed(now - at.writtenAt, at.leaseMillis)) {
            at = new Entry(at.number, at.owner, LockRecord.FREE, 0, 0, at.dirty, at.writtenAt, at.expiresAt);
        }
        return at.number < floor
                ? new Entry(floor, "-", at.attempt, at.operation, at.leaseMillis, at.dirty, at.writtenAt, at.expiresAt)
                : at;
    }

    int waiting(String lock) {
        Waiters queue = queues.get(lock);
        return queue == null ? 0 : queue.lastLooked.size();
    }

    /** The server runs anew, with what it has. */
    void restart(String newRun) {
        run = newRun;
    }

    void wipe() {
        entries.clear();
        queues.clear();
        marker = null;
        max = 0;
        nonce = null;
    }

    /** A copy of what is stored. */
    NodeState snapshot() {
        NodeState copy = new NodeState(rules, run, publisher);
        copy.restore(this);
        return copy;
    }

    void restore(NodeState snapshot) {
        wipe();
        entries.putAll(snapshot.entries);
        marker = snapshot.marker;
        max = snapshot.max;
        nonce = snapshot.nonce;
    }

    Reply apply(Request request, long now) {
        return switch (request) {
            case Request.OnLock onLock
            when !rules.mayVote(isAdmitted()) -> new Reply.NoVote("not admitted: " + onLock.lock());
            case Request.Acquire acquire -> acquire(acquire, now);
            case Request.Renew renew -> renew(renew, now);
            case Request.Commit commit -> commit(commit, now);
            case Request.Release release -> release(release, now);
            case Request.Observe observe -> observe(observe, now);
            case Request.Withdraw withdraw -> {
                leaveQueue(withdraw.lock(), withdraw.waiter());
                yield new Reply.Done();
            }
            case Request.Status status -> status(status);
            case Request.Readmit readmit -> readmit(readmit);
            case Request.Admit admit -> admit(admit);
        };
    }

    private boolean isTakeable(Entry at, Request.Witness witness) {
        return rules.isSameState(at.attempt, at.operation, witness)
                && rules.isWatchedLongEnough(at.leaseMillis, witness);
    }

    private static boolean isFree(Entry at) {
        return at.attempt.equals(LockRecord.FREE);
    }

    private static Reply held(Entry at) {
        return new Reply.Held(new LockRecord(at.attempt, at.operation, at.leaseMillis), at.number);
    }

    private Reply acquire(Request.Acquire ask, long now) {
        Entry at = entry(ask.lock(), now);
        if (ask.hint() >= ABSURD) {
            return new Reply.NoVote("a number from a clock beyond the year 2112");
        }
        if (at.attempt.equals(ask.attempt())) {
            return new Reply.Stale();
        }
        boolean dirty = at.dirty;
        if (!isFree(at)) {
            boolean seen = isTakeable(at, ask.witness());
            boolean reserved = !ask.waiter().isEmpty() && at.attempt.equals("~" + ask.waiter());
            if (!seen && !reserved) {
                return held(at);
            }
            dirty |= seen && at.attempt.charAt(0) != '~';
        }
        leaveQueue(ask.lock(), ask.waiter());
        long number = Math.max(ask.hint(), at.number + 1);
        tie(number);
        long operation = rules.operation(0, ask.operation());
        store(ask, number, ask.attempt(), ask.attempt(), operation, ask.leaseMillis(), dirty, ask.keepMillis(), now);
        return new Reply.Granted(number, dirty);
    }

    private Reply renew(Request.Renew ask, long now) {
        Entry at = entry(ask.lock(), now);
        boolean dirty = at.dirty;
        boolean mine = at.attempt.equals(ask.attempt());
        if (mine) {
            if (!rules.isNews(at.operation, ask.operation())) {
                return new Reply.Stale();
            }
        } else if (!isFree(at)) {
            if (!isTakeable(at, ask.witness())) {
                return held(at);
            }
            dirty |= at.attempt.charAt(0) != '~';
        }
        long number = at.number;
        String owner = at.owner;
        if (ask.token() > number && rules.renewalWritesToken()) {
            number = ask.token();
            owner = ask.attempt();
            tie(number);
        }
        long operation = rules.operation(mine ? at.operation : 0, ask.operation());
        store(ask, number, owner, ask.attempt(), operation, ask.leaseMillis(), dirty, ask.keepMillis(), now);
        return new Reply.Done();
    }

    private Reply commit(Request.Commit ask, long now) {
        Entry at = entry(ask.lock(), now);
        boolean mine = at.attempt.equals(ask.attempt());
        if (!rules.mayCommit(mine)) {
            return new Reply.Gone();
        }
        if (mine && !rules.isNews(at.operation, ask.operation())) {
            return new Reply.Stale();
        }
        if (!rules.mayTie(ask.token(), at.number, at.owner.equals(ask.attempt()))) {
            return new Reply.Overtaken(at.number);
        }
        tie(ask.token());
        long operation = mine ? rules.operation(at.operation, ask.operation()) : at.operation;
        long lease = mine ? ask.leaseMillis() : at.leaseMillis;
        store(ask, ask.token(), ask.attempt(), at.attempt, operation, lease, at.dirty, ask.keepMillis(), now);
        return new Reply.Done();
    }

    private Reply release(Request.Release ask, long now) {
        Entry at = entry(ask.lock(), now);
        if (!at.attempt.equals(ask.attempt())) {
            return new Reply.Gone();
        }
        boolean dirty = at.dirty && !ask.clean();
        String heir = ask.successor().isEmpty() ? "" : newestPlace(ask.lock(), ask.successor(), now);
        if (heir.isEmpty()) {
            store(ask, at.number, "-", LockRecord.FREE, 0, 0, dirty, ask.keepMillis(), now);
        } else {
            String reserved = "~" + heir;
            store(ask, at.number, "-", reserved, ask.operation(), ask.reserveMillis(), dirty, ask.keepMillis(), now);
        }
        return new Reply.Done();
    }

    private Reply observe(Request.Observe ask, long now) {
        int rank = 0;
        if (!ask.waiter().isEmpty()) {
            Waiters queue = queues.computeIfAbsent(ask.lock(), _ -> new Waiters());
            if (queue.expiresAt <= now) {
                queue.lastLooked.clear();
            }
            queue.lastLooked.put(ask.waiter(), now);
            queue.expiresAt = now + WAITERS_STAY_MILLIS;
            for (Iterator<Long> looks = queue.lastLooked.values().iterator(); looks.hasNext(); ) {
                if (looks.next() < now - ask.waiterMillis()) {
                    looks.remove();
                }
            }
            rank = queue.lastLooked.headMap(ask.waiter()).size();
        }
        Entry at = entry(ask.lock(), now);
        return new Reply.Observed(new LockRecord(at.attempt, at.operation, at.leaseMillis), at.number, rank);
    }

    private String newestPlace(String lock, String name, long now) {
        Waiters queue = queues.get(lock);
        return queue == null || queue.expiresAt <= now
                ? ""
                : queue.lastLooked.descendingKeySet().stream()
                        .filter(waiter -> waiter.endsWith("@" + name))
                        .findFirst()
                        .orElse("");
    }

    private void leaveQueue(String lock, String waiter) {
        Waiters queue = queues.get(lock);
        if (queue != null) {
            queue.lastLooked.remove(waiter);
        }
    }

    private void tie(long number) {
        max = Math.max(max, number);
    }

    private void store(
            Request.OnLock ask,
            long number,
            String owner,
            String attempt,
            long operation,
            long lease,
            boolean dirty,
            long keep,
            long now) {
        long expiresAt = keep == 0 ? Long.MAX_VALUE : now + rules.keepMillis(keep);
        entries.put(ask.lock(), new Entry(number, owner, attempt, operation, lease, dirty, now, expiresAt));
        publisher.accept(ask.lock(), new Reply.Observed(new LockRecord(attempt, operation, lease), number, 0));
    }

    private Reply status(Request.Status ask) {
        if (isAdmitted()) {
            return new Reply.Admitted(run, life(), max);
        }
        if (nonce == null) {
            nonce = ask.nonce();
        }
        return new Reply.Forgotten(run, nonce, life(), max, marker != null && marker.durable);
    }

    private Reply readmit(Request.Readmit ask) {
        Marker known = marker;
        if (known == null || isAdmitted() || !rules.mayReadmit(known.durable)) {
            return new Reply.NoVote("it need not be admitted again");
        }
        if (!rules.fitsMemory(known.life, max, ask)) {
            return new Reply.NoVote("it was rolled back");
        }
        marker = new Marker(run, known.life, known.floor, known.durable);
        nonce = null;
        return new Reply.Done();
    }

    private Reply admit(Request.Admit ask) {
        if (isAdmitted() || nonce == null || !rules.isWatchedLoss(run, nonce, ask)) {
            return new Reply.NoVote("it changed meanwhile");
        }
        long floor = Math.max(ask.floor(), max);
        marker = new Marker(run, ask.nonce(), floor, ask.durable());
        max = floor;
        nonce = null;
        return new Reply.Done();
    }
}
