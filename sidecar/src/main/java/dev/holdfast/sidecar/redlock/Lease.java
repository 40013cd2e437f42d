package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.LeaseEvent.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is held, until it is released or lost. Thread-safe.
 *
 * <p>Whether it is held is computed from the clock whenever it is asked, so a process that was stopped knows at once.
 * Before each guarded action compare {@link #validFor}, and give the fencing token to the resource.
 */
public final class Lease {

    /** Whoever must stop is told this much before validity ends, never after. */
    private static final long LAST_MOMENT = 5_000_000;

    private final Claim claim;
    private final Redlock redlock;
    private final LeaseTiming timing;
    private final Observations observations;
    private final long token;
    private final int needed;
    private final Outbox outbox = new Outbox();
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private Consumer<LeaseEvent> listener = _ -> {};
    private long maxHold = Long.MAX_VALUE;
    private Timers.@Nullable Timer timer;
    private volatile Tick heldSince;
    private Tick roundAt;
    private boolean atRisk;
    private boolean overdue;
    private volatile @Nullable Ending over;

    Lease(Claim claim, Observations observations, long token) {
        this.claim = claim;
        this.redlock = claim.redlock;
        this.timing = claim.timing;
        this.observations = observations;
        this.token = token;
        this.needed = redlock.rules().acknowledgementsToHold(redlock.nodes().size());
        this.heldSince = redlock.now();
        this.roundAt = heldSince;
    }

    Tick heldSince() {
        return heldSince;
    }

    /** The lock's name. */
    public String lock() {
        return claim.lock.name();
    }

    /** Larger than the token of any earlier lease of this lock; below 2^53. */
    public long fencingToken() {
        return token;
    }

    /** Whether the lock is held at this instant. */
    public boolean isHeld() {
        return over == null && remaining(redlock.now()) > 0;
    }

    /** How long the lock is held for certain, from this instant; zero if it is not held. */
    public Duration validFor() {
        return over == null ? Duration.ofNanos(Math.max(0, remaining(redlock.now()))) : Duration.ZERO;
    }

    /** Completes when the lease is over, with the reason. */
    public CompletableFuture<Ending> ended() {
        return ended.copy();
    }

    /** How many nodes hold the lease now. */
    public int acknowledgedBy() {
        Tick now = redlock.now();
        int nodes = 0;
        for (int slot = 0; slot < redlock.nodes().size(); slot++) {
            nodes += claim.acknowledgements.remaining(slot, now) > 0 ? 1 : 0;
        }
        return nodes;
    }

    /** Renews now, besides the renewals that go on by themselves. */
    public CompletableFuture<Renewal> renew() {
        BitSet all = new BitSet();
        all.set(0, redlock.nodes().size());
        return renew(all);
    }

    /**
     * Gives the lock up: from this call on it is not held. A waiter is woken within a round trip.
     *
     * @return completes when it is decided whether a quorum of nodes confirmed; nodes that did not are asked again in the
     *     background
     */
    public CompletableFuture<Release> release() {
        return release("");
    }

    /**
     * {@link #release()}, and for 300 ms only a waiter of this name may take the lock, if one waits.
     *
     * @param successor the name of a {@link Holder}; empty: anybody
     */
    public CompletableFuture<Release> release(String successor) {
        if (end(Ending.RELEASED, redlock.observer())) {
            redlock.unregister(claim);
            return new Releasing(claim, true, successor, _ -> true).start();
        }
        return CompletableFuture.completedFuture(new Release.Unconfirmed(0, List.of()));
    }

    /** Sets how long the lease may be held, counted from when it was reported; absent: no bound. */
    public void limit(Optional<Duration> bound) {
        synchronized (this) {
            maxHold = bound.map(Duration::toNanos).orElse(Long.MAX_VALUE);
            reschedule();
        }
    }

    /** Gives back a lease that nobody was told of. What its predecessor left undone stays dirty. */
    void giveBack() {
        if (end(Ending.RELEASED, RedlockObserver.NONE)) {
            redlock.unregister(claim);
            new Releasing(claim, false, "", _ -> true).start();
        }
    }

    /** Starts to renew by itself; {@code events} is told what happens from now on. */
    synchronized void keep(Consumer<LeaseEvent> events) {
        listener = events;
        maxHold = claim.lock.maxHold().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        schedule(redlock.now());
    }

    /** {@link #keep}, while nobody is told that the lock is held, so that {@code maxHold} does not run yet. */
    synchronized void keepUnreported(Consumer<LeaseEvent> events) {
        listener = events;
        schedule(redlock.now());
    }

    /** From now on it is held in somebody's name. */
    synchronized void report() {
        heldSince = redlock.now();
        maxHold = claim.lock.maxHold().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        reschedule();
    }

    /** Sets the timer for another {@code maxHold}; not in the last moment, for which it is set and must not be put off. */
    private void reschedule() {
        Tick now = redlock.now();
        if (over == null && !overdue && remaining(now) > LAST_MOMENT) {
            schedule(now);
        }
    }

    private long remaining(Tick now) {
        return claim.acknowledgements.remaining(now, needed);
    }

    // One timer does it all: renewals, the warning, the end of the lease and of maxHold.
    private void onTimer() {
        BitSet slots = new BitSet();
        boolean lost;
        synchronized (this) {
            if (over != null) {
                return;
            }
            Tick now = redlock.now();
            lost = !redlock.rules().mayStillRenew(remaining(now) - LAST_MOMENT);
            if (!lost) {
                checkMaxHold(now);
                checkRisk(now);
                chooseSlots(now, slots);
                schedule(now);
            }
        }
        if (lost) {
            lose();
        } else if (!slots.isEmpty()) {
            renew(slots);
        }
        outbox.deliver();
    }

    private void schedule(Tick now) {
        long left = remaining(now);
        long next = timing.rejoinEvery() - now.mostSince(roundAt) % timing.rejoinEvery();
        if (!atRisk) {
            next = Math.min(next, left - timing.riskBudget());
        }
        if (left > LAST_MOMENT) {
            next = Math.min(next, left - LAST_MOMENT);
        }
        if (!overdue) {
            next = Math.min(next, maxHold - now.mostSince(heldSince));
        }
        if (timer != null) {
            timer.cancel(); // There is one at a time, whoever schedules.
        }
        timer = redlock.after(Math.max(next, 1), this::onTimer);
    }

    private void checkMaxHold(Tick now) {
        if (!overdue && now.mostSince(heldSince) >= maxHold) {
            overdue = true;
            tell(new LeaseEvent.Overdue(Duration.ofNanos(remaining(now))));
        }
    }

    private void checkRisk(Tick now) {
        long left = remaining(now);
        if (!atRisk && left <= timing.riskBudget()) {
            atRisk = true;
            tell(new LeaseEvent.AtRisk(Duration.ofNanos(left)));
        }
    }

    /** All nodes when a round is due; in between those that have not acknowledged the last round. */
    private void chooseSlots(Tick now, BitSet slots) {
        if (overdue) {
            return;
        }
        boolean roundIsDue = now.mostSince(roundAt) >= timing.renewEvery();
        if (roundIsDue) {
            roundAt = now;
        }
        long lately = redlock.rules().validity(timing) - timing.renewEvery();
        for (int slot = 0; slot < redlock.nodes().size(); slot++) {
            if (roundIsDue || claim.acknowledgements.remaining(slot, now) < lately) {
                slots.set(slot);
            }
        }
    }

    private CompletableFuture<Renewal> renew(BitSet slots) {
        Round round = new Round(slots);
        synchronized (this) { // or a renewal could follow the release, and take the nodes again
            if (over != null || !redlock.rules().mayStillRenew(remaining(round.sent))) {
                return CompletableFuture.completedFuture(new Renewal.Lost());
            }
            redlock.ask(slots, slot -> claim.renew(observations.witness(slot, round.sent), token), round::onReply);
        }
        return round.done;
    }

    /** Takes an acknowledgement into account; false if the lease is over. */
    synchronized boolean acknowledge(int slot, Tick sent, Tick now) {
        if (over != null || !redlock.rules().mayStillRenew(remaining(now))) {
            return false;
        }
        claim.acknowledgements.add(slot, sent, now);
        if (atRisk && remaining(now) > timing.riskBudget()) {
            atRisk = false;
            tell(new LeaseEvent.Recovered(Duration.ofNanos(remaining(now))));
        }
        return true;
    }

    private void lose() {
        if (end(overdue ? Ending.OVERDUE : Ending.LOST, redlock.observer())) {
            giveBackWhenOver();
        }
    }

    /** Not in the last moment already: whoever asked earlier how long the lease is valid may count on all of that. */
    private void giveBackWhenOver() {
        long left = remaining(redlock.now());
        if (!redlock.rules().mayGiveBackLost(left)) {
            redlock.after(left, this::giveBackWhenOver);
        } else {
            redlock.unregister(claim);
            new Releasing(claim, false, "", _ -> true).start();
        }
    }

    private boolean end(Ending ending, RedlockObserver observer) {
        synchronized (this) {
            if (over != null) {
                return false;
            }
            Tick now = redlock.now();
            long left = remaining(now);
            // A release after the deadline is a loss: somebody else may hold already.
            over = ending == Ending.RELEASED && left <= 0 ? Ending.LOST : ending;
            observer.ended(lock(), over, now.mostSince(heldSince) + Math.min(left, 0));
            if (timer != null) {
                timer.cancel();
            }
            Ending told = over;
            tell(new LeaseEvent.Ended(told));
            outbox.add(() -> ended.complete(told));
        }
        outbox.deliver();
        return true;
    }

    private void tell(LeaseEvent event) {
        Consumer<LeaseEvent> to = listener;
        outbox.add(() -> to.accept(event));
    }

    /** One round of renewal. */
    private final class Round {
        private final CompletableFuture<Renewal> done = new CompletableFuture<>();
        private final List<NodeFault> faults = new ArrayList<>(0);
        private final Tick sent = redlock.now();
        private final int asked;
        private int awaited;
        private int renewed;
        private boolean decided;

        Round(BitSet slots) {
            asked = slots.cardinality();
            awaited = asked;
        }

        void onReply(int slot, Reply reply) {
            Tick now = redlock.now();
            redlock.tellRoundTrip(slot, sent, now, reply);
            boolean acknowledged = switch (reply) {
                case Reply.Done() -> acknowledge(slot, sent, now);
                case Reply.Held held -> {
                    observations.saw(slot, held.record(), held.number(), now);
                    redlock.releaseLeftover(slot, claim.lock, held.record());
                    yield missed(slot, "held by another");
                }
                case Reply.NoVote(var reason) -> missed(slot, reason);
                case Reply.Unreachable(var reason) -> missed(slot, reason);
                case Reply.Stale _ -> missed(slot, "overtaken by a later renewal");
                default -> throw new IllegalStateException("not an answer to a renewal: " + reply);
            };
            settle(acknowledged, now);
            outbox.deliver();
        }

        private synchronized boolean missed(int slot, String reason) {
            faults.add(new NodeFault(redlock.nodes().get(slot).address(), reason));
            return false;
        }

        private void settle(boolean acknowledged, Tick now) {
            Renewal outcome = null;
            synchronized (this) {
                awaited--;
                renewed += acknowledged ? 1 : 0;
                if (!isHeld()) {
                    outcome = new Renewal.Lost();
                } else if (renewed >= redlock.quorum()) {
                    outcome = new Renewal.Renewed(validFor());
                } else if (renewed + awaited < redlock.quorum()) {
                    outcome = new Renewal.Missed(validFor(), List.copyOf(faults));
                }
                if (outcome != null && !decided) {
                    decided = true;
                    tellObserver(outcome, now);
                }
            }
            if (outcome != null) {
                done.complete(outcome);
            }
        }

        /** Of rounds that could have renewed the lease. One that a release overtook says nothing. */
        private void tellObserver(Renewal outcome, Tick now) {
            if (asked >= redlock.quorum() && over != Ending.RELEASED) {
                redlock.observer().renewed(lock(), outcome, now.mostSince(sent));
            }
        }
    }
}
