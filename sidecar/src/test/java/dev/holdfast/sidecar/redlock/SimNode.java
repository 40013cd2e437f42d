package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node of a simulation, and the invariants that can be seen on a node alone. */
final class SimNode {

    private final Simulation simulation;
    final int slot;
    final NodeState state;
    final boolean durableStorage;
    private final Map<String, Book> books = new HashMap<>(4);
    private final Map<String, List<SimSubscription>> subscriptions = new HashMap<>(4);
    boolean up = true;
    long pausedUntil;
    long jumpedAt;
    private long clockOffsetMillis;
    private long lostAt = Long.MIN_VALUE / 2;
    private boolean lostSinceAdmission;
    private int runs = 1;
    private @Nullable NodeState snapshot;

    SimNode(Simulation simulation, int slot, NodeRules rules) {
        this.simulation = simulation;
        this.slot = slot;
        this.state = new NodeState(rules, slot + ".1", this::publish);
        this.durableStorage = simulation.random.percent(simulation.settings.durableNodes);
        state.beginLife("first", durableStorage);
    }

    /** What is known of one lock on this node, in true time. */
    private static final class Book {
        private String attempt = LockRecord.FREE;
        private long leaseMillis;
        private long sentAt;
        private long number;
        private String life = "";
        private final Map<Long, String> owners = new HashMap<>();
    }

    /** One observer's notifications. */
    static final class SimSubscription {
        private final SimHost host;
        private final int boot;
        private final Runnable active;
        private final Consumer<Reply.Observed> observer;
        private boolean cancelled;

        SimSubscription(SimHost host, Runnable active, Consumer<Reply.Observed> observer) {
            this.host = host;
            this.boot = host.boot;
            this.active = active;
            this.observer = observer;
        }
    }

    long clockMillis() {
        return simulation.now / 1_000_000 + clockOffsetMillis;
    }

    void jump(long millis) {
        clockOffsetMillis += millis;
        jumpedAt = simulation.now;
    }

    // ------ faults

    void restartWithData() {
        state.restart(slot + "." + ++runs);
        simulation.statistics.add(Count.RESTARTS);
    }

    void takeSnapshot() {
        if (!state.isDurable()) {
            snapshot = state.snapshot();
        }
    }

    /** Another process without the memory of this one, but perhaps with an old snapshot or even all of a volatile node. */
    void restartForgetful() {
        boolean markerIsVolatile = !state.isDurable();
        NodeState old = snapshot;
        switch ((int) simulation.random.below(4)) {
            case 0 -> forget(true);
            case 1 -> {
                forget(old == null);
                if (old != null) {
                    state.restore(old);
                }
            }
            default -> forget(!markerIsVolatile);
        }
        state.restart(slot + "." + ++runs);
    }

    /** FLUSHALL. */
    void wipe() {
        forget(true);
    }

    private void forget(boolean wiped) {
        if (wiped) {
            state.wipe();
            books.clear();
        }
        books.values().forEach(book -> book.life = "");
        lostAt = simulation.now;
        lostSinceAdmission = true;
        simulation.statistics.add(Count.LOSSES);
    }

    // ------ requests

    /** @param sentAt in true time; it may have been on its way for long, or come twice */
    Reply apply(Request request, long sentAt) {
        boolean voting = state.isAdmitted();
        long clock = clockMillis();
        Reply reply;
        if (request instanceof Request.OnLock ask) {
            NodeState.Entry before = state.entry(ask.lock(), clock);
            reply = state.apply(request, clock);
            simulation.log("node" + slot, request, reply);
            check(ask, before, state.entry(ask.lock(), clock), reply, voting, sentAt);
        } else {
            reply = state.apply(request, clock);
            simulation.log("node" + slot, request, reply);
            if (reply instanceof Reply.Done) {
                checkAdmission(request);
            }
        }
        simulation.trace(slot, reply.getClass().getSimpleName().hashCode());
        return reply;
    }

    private void checkAdmission(Request request) {
        if (request instanceof Request.Readmit) {
            require(!lostSinceAdmission, "I11: a node that forgot was admitted at once");
        } else {
            require(quarantineIsOver(), "I11: a node was admitted within the longest lease of its loss of memory");
            lostSinceAdmission = false;
        }
    }

    private boolean quarantineIsOver() {
        return simulation.now - lostAt >= simulation.settings.longest.toNanos();
    }

    private void check(
            Request.OnLock ask,
            NodeState.Entry before,
            NodeState.Entry after,
            Reply reply,
            boolean voting,
            long sentAt) {
        if (!voting) {
            require(reply instanceof Reply.NoVote, "I11: a vote from a node that was not admitted");
            return;
        }
        Book book = books.computeIfAbsent(ask.lock(), _ -> new Book());
        if (!book.life.equals(state.life())) {
            book.life = state.life();
            book.owners.clear();
            book.number = 0;
        }
        require(after.number() >= book.number, "I5: a lock's number fell within one life of a node");
        book.number = after.number();
        if (!after.owner().equals("-")) {
            String owner = book.owners.putIfAbsent(after.number(), after.owner());
            require(owner == null || owner.equals(after.owner()), "I6: a number has two owners on one node");
        }
        if (before.expiresAt() == 0 && !book.attempt.equals(LockRecord.FREE)) {
            book.attempt = LockRecord.FREE;
            simulation.statistics.add(Count.EXPIRED);
        }
        if (reply instanceof Reply.Granted || (reply instanceof Reply.Done && !(ask instanceof Request.Withdraw))) {
            boolean sameAttempt = book.attempt.equals(after.attempt());
            checkChange(ask, before, after, book);
            // An acknowledgement counts from when its request was sent; one that comes twice is acknowledged once.
            simulation.checker.written(ask.lock(), slot, after.attempt(), sentAt);
            book.sentAt = sameAttempt ? Math.max(book.sentAt, sentAt) : sentAt;
        }
    }

    private void checkChange(Request.OnLock ask, NodeState.Entry before, NodeState.Entry after, Book book) {
        require(quarantineIsOver(), "I11: a grant within the longest lease of a loss of memory");
        if (before.dirty() && !after.dirty()) {
            require(
                    ask instanceof Request.Release release && release.clean(),
                    "I12: dirty was cleared without a clean release");
        }
        boolean sameAttempt = book.attempt.equals(after.attempt());
        if (!sameAttempt && !book.attempt.equals(LockRecord.FREE) && !(ask instanceof Request.Release)) {
            boolean reserved = ask instanceof Request.Acquire acquire && book.attempt.equals("~" + acquire.waiter());
            long unchangedFor = simulation.now - book.sentAt;
            boolean watched = book.attempt.startsWith("~") // nobody holds by a reservation
                    || unchangedFor * (1 + simulation.settings.drift) + 1000 >= book.leaseMillis * 1_000_000.0;
            require(reserved || watched, "I7: a record was taken over before its lease had passed");
            simulation.statistics.add(reserved ? Count.HANDOVERS : Count.TAKEOVERS);
        }
        count(ask, sameAttempt);
        book.attempt = after.attempt();
        book.leaseMillis = after.leaseMillis();
        simulation.checker.stored(ask.lock(), slot, after.number(), after.owner());
    }

    private void count(Request.OnLock ask, boolean sameAttempt) {
        if (ask instanceof Request.Commit) {
            simulation.statistics.add(Count.COMMITS);
        } else if (ask instanceof Request.Renew && !sameAttempt) {
            simulation.statistics.add(Count.JOINS);
        }
    }

    private void require(boolean holds, String rule) {
        if (!holds && !simulation.onlyOutcomes) {
            throw new Violation(rule + ", node " + slot);
        }
    }

    // ------ notifications

    void subscribe(String lock, SimSubscription subscription) {
        subscriptions.computeIfAbsent(lock, _ -> new ArrayList<>()).add(subscription);
        begin(subscription, simulation.now + 2 * simulation.delay());
    }

    /** Tells that notifications begin now, perhaps again. */
    private void begin(SimSubscription subscription, long at) {
        simulation.at(at, () -> tell(subscription, subscription.active));
    }

    private static void tell(SimSubscription subscription, Runnable notice) {
        subscription.host.deliver(SimHost.Kind.PUSH, subscription.boot, () -> {
            if (!subscription.cancelled) {
                notice.run();
            }
        });
    }

    void cancel(String lock, SimSubscription subscription) {
        subscription.cancelled = true;
        List<SimSubscription> all = subscriptions.get(lock);
        if (all != null) {
            all.remove(subscription);
        }
    }

    private void publish(String lock, Reply.Observed change) {
        List<SimSubscription> all = subscriptions.get(lock);
        if (all == null || all.isEmpty()) {
            return;
        }
        all.removeIf(subscription -> subscription.host.boot != subscription.boot);
        for (SimSubscription subscription : all) {
            if (subscription.host.cutFrom[slot] || simulation.isLost()) {
                begin(subscription, simulation.now + simulation.random.below(simulation.settings.lease));
            } else {
                simulation.at(
                        simulation.now + simulation.delay(),
                        () -> tell(subscription, () -> subscription.observer.accept(change)));
            }
        }
    }

    /** Observers of processes that still live. */
    int observers() {
        int count = 0;
        for (List<SimSubscription> all : subscriptions.values()) {
            for (SimSubscription subscription : all) {
                count += subscription.host.boot == subscription.boot ? 1 : 0;
            }
        }
        return count;
    }
}
