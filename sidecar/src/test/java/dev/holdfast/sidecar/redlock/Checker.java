package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The invariants that concern holders and tokens. A lease counts as held as long as its application may believe so: until
 * the end of the validity that it was told last, by its own clock, whatever became of its process; unless the application
 * stopped by itself. An application asks after each event of its process.
 *
 * <p>Every interval of holding begins with an event of its process, so looking after each event misses no overlap.
 */
final class Checker {

    private final Simulation simulation;
    private final Book[] books;

    Checker(Simulation simulation) {
        this.simulation = simulation;
        this.books = new Book[simulation.settings.locks];
        for (int lock = 0; lock < books.length; lock++) {
            books[lock] = new Book();
        }
    }

    /** What is known of one lock. */
    private static final class Book {
        private final List<Belief> beliefs = new ArrayList<>();
        private final Map<String, Sent> sent = new HashMap<>();
        private final Map<String, long[]> stored = new HashMap<>();
        private final Map<String, long[]> written = new HashMap<>();
        private long largestToken;
        private long writtenToResource;
        private long heldAt = Long.MIN_VALUE;
    }

    /** An acquisition when its first request left. */
    private record Sent(long at, long largestTokenBefore) {}

    private static final class Belief {
        private final SimHost host;
        private final int boot;
        private final String attempt;
        private final Lease lease;
        private final long leaseNanos;
        private @Nullable Tick asked;
        private long validFor;
        private boolean lapsed;

        Belief(SimApp app, Lease lease) {
            this.host = app.host();
            this.attempt = app.attempt();
            this.leaseNanos = app.lock().leaseDuration().toNanos();
            this.boot = host.boot;
            this.lease = lease;
        }

        boolean isOfRunningProcess() {
            return boot == host.boot;
        }

        void ask() {
            asked = host.tick();
            validFor = lease.validFor().toNanos();
        }

        boolean believes() {
            return asked != null && host.tick().mostSince(asked) < validFor;
        }
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            throw new Violation(rule);
        }
    }

    /** Of the means, not of the end. */
    private void requireWithin(boolean holds, String rule) {
        require(holds || simulation.onlyOutcomes, rule);
    }

    // ------ what happens

    void sent(int lock, String attempt) {
        Book book = books[lock];
        book.sent.putIfAbsent(attempt, new Sent(simulation.now, book.largestToken));
    }

    void stored(String lock, int slot, long number, String owner) {
        books[lock.charAt(lock.length() - 1) - '0']
                .stored
                .computeIfAbsent(owner, _ -> new long[simulation.settings.nodes])[slot] = number;
    }

    /** An attempt's record was written on a node by a request that was sent then. */
    void written(String lock, int slot, String attempt, long sentAt) {
        long[] sent = books[lock.charAt(lock.length() - 1) - '0'].written.computeIfAbsent(attempt, _ -> never());
        sent[slot] = Math.max(sent[slot], sentAt);
    }

    private long[] never() {
        long[] times = new long[simulation.settings.nodes];
        Arrays.fill(times, Long.MIN_VALUE / 2);
        return times;
    }

    void acquired(SimApp app, Lease lease) {
        simulation.statistics.add(Count.HOLDS);
        Book book = books[app.lockIndex];
        long token = lease.fencingToken();
        simulation.trace(app.host().index, token);
        simulation.log("host" + app.host().index, "holds with " + token, lease.validFor());
        require(token != book.largestToken, "I2: token " + token + " was given twice");
        require(token > book.largestToken, "I4: token " + token + " after " + book.largestToken);
        book.largestToken = token;
        Sent sent = book.sent.get(app.attempt());
        require(sent != null && token > sent.largestTokenBefore, "I3: a token not above all before its first send");
        checkAcknowledged(app, token, book, sent == null ? 0 : simulation.now - sent.at);
        require(token > book.writtenToResource, "I13: the resource refused a new holder");
        book.writtenToResource = token;
        if (app.isDirty() && !app.lock().lockDelay().isZero()) {
            simulation.statistics.add(Count.DELAYED);
        }
        Belief belief = new Belief(app, lease);
        belief.ask();
        checkBacked(book, belief);
        book.beliefs.add(belief);
    }

    private void checkAcknowledged(SimApp app, long token, Book book, long took) {
        Settings settings = simulation.settings;
        int storedBy = 0;
        for (long number : book.stored.getOrDefault(app.attempt(), new long[0])) {
            storedBy += number == token ? 1 : 0;
        }
        requireWithin(storedBy >= settings.nodes / 2 + 1, "I10: a token that no quorum stores");
        long delay = app.lock().lockDelay().toNanos();
        if (app.isDirty() && delay > 0) {
            require(took >= delay * 0.85, "lock-delay: a lease from a vanished holder was reported at once");
        } else {
            requireWithin(
                    took <= app.lock().leaseDuration().toNanos() / 2.0 / (1 - settings.drift) + 1000,
                    "I10: an acquisition that took longer than half a lease");
        }
    }

    /** The application stops by itself, before it releases. */
    void stopped(Lease lease) {
        simulation.log("application", "stops " + lease.fencingToken(), lease.validFor());
        for (Book book : books) {
            book.beliefs.removeIf(belief -> belief.lease == lease);
        }
    }

    void crashed(SimHost host) {
        // Beliefs stay: the application does not know.
        for (Book book : books) {
            note(book, host);
        }
    }

    /** Before an event of a process: what has lapsed by now must not come back. */
    void before(SimHost host) {
        for (Book book : books) {
            note(book, host);
        }
    }

    private static void note(Book book, SimHost host) {
        for (int i = 0; i < book.beliefs.size(); i++) {
            Belief belief = book.beliefs.get(i);
            if (belief.host == host && belief.isOfRunningProcess() && !belief.lease.isHeld()) {
                belief.lapsed = true;
            }
        }
    }

    void after(SimHost host) {
        simulation.statistics.add(Count.EVENTS);
        for (Book book : books) {
            if (!book.beliefs.isEmpty()) {
                ask(book, host);
                if (book.beliefs.size() > 1) {
                    checkExclusion(book);
                }
            }
        }
    }

    private void ask(Book book, SimHost host) {
        for (int i = 0; i < book.beliefs.size(); i++) {
            Belief belief = book.beliefs.get(i);
            if (belief.host == host && belief.isOfRunningProcess() && belief.lease.isHeld()) {
                requireWithin(!belief.lapsed, "I8: a lease that had lapsed is held again");
                belief.ask();
                checkBacked(book, belief);
                book.heldAt = simulation.now;
                require(
                        belief.lease.fencingToken() == book.largestToken,
                        "I4: token " + belief.lease.fencingToken() + " holds after " + book.largestToken);
            }
        }
    }

    /** No node of a quorum may be taken over before what the application was told has passed, by the slowest clock. */
    private void checkBacked(Book book, Belief belief) {
        Settings settings = simulation.settings;
        long[] sent = book.written.getOrDefault(belief.attempt, never()).clone();
        Arrays.sort(sent);
        double safeUntil = sent[(sent.length - 1) / 2] + belief.leaseNanos / (1 + settings.drift);
        requireWithin(
                simulation.now + belief.validFor / (1 - settings.drift) <= safeUntil,
                "I9: an application was told a validity that no quorum backs");
    }

    private void checkExclusion(Book book) {
        Belief holder = null;
        for (Iterator<Belief> each = book.beliefs.iterator(); each.hasNext(); ) {
            Belief belief = each.next();
            if (belief.believes()) {
                if (holder != null) {
                    throw new Violation(
                            "I1: two hold: host" + holder.host.index + " with token " + holder.lease.fencingToken()
                                    + " and host" + belief.host.index + " with token " + belief.lease.fencingToken());
                }
                holder = belief;
            } else if (!belief.isOfRunningProcess() || !belief.lease.isHeld()) {
                each.remove();
            }
        }
    }

    // ------ liveness

    /** After all faults have stopped for so long, each lock must have been held. */
    void checkHeldSince(long time) {
        for (int lock = 0; lock < books.length; lock++) {
            require(books[lock].heldAt >= time, "I14: nobody got lock" + lock + " after the faults had stopped");
        }
    }
}
