package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.LockNode.Subscription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A waiter's place in the line for a lock: notifications from every node, a look at every node now and then, and the
 * rank among the waiters. It only ever says when to look or to try; no decision rests on it. Thread-safe.
 */
final class Line {

    /** A waiter that missed so many looks has gone. */
    private static final int LOOKS_TO_STAY = 3;

    private final Redlock redlock;
    private final Lock lock;
    private final LeaseTiming timing;
    private final String waiterId;
    private final Observer observer;
    private final BitSet all = new BitSet();
    private final List<Subscription> subscriptions = new ArrayList<>(0);
    private final int[] ranks;
    private final String[] attempts;
    private Timers.@Nullable Timer look;
    private boolean joined;

    Line(Redlock redlock, Lock lock, LeaseTiming timing, String waiterId, Observer observer) {
        this.redlock = redlock;
        this.lock = lock;
        this.timing = timing;
        this.waiterId = waiterId;
        this.observer = observer;
        this.ranks = new int[redlock.nodes().size()];
        this.attempts = new String[redlock.nodes().size()];
        Arrays.fill(attempts, LockRecord.FREE);
        all.set(0, ranks.length);
    }

    synchronized boolean isJoined() {
        return joined;
    }

    /** Looks at once, and at each node again when its notifications begin, so that no change falls between. */
    synchronized void join() {
        if (!joined) {
            joined = true;
            redlock.observer().joinedLine(lock.name());
            for (int slot = 0; slot < ranks.length; slot++) {
                int at = slot;
                subscriptions.add(redlock.nodes()
                        .get(slot)
                        .subscribe(lock.name(), () -> look(at), change -> onChange(at, change)));
            }
            look();
        }
    }

    synchronized void leave() {
        if (joined) {
            joined = false;
            redlock.observer().leftLine(lock.name());
            subscriptions.forEach(Subscription::cancel);
            subscriptions.clear();
            if (look != null) {
                look.cancel();
            }
            redlock.ask(all, _ -> new Request.Withdraw(lock.name(), waiterId), (_, _) -> {});
        }
    }

    /** How many waiters come before, by the median of the nodes. */
    synchronized int rank() {
        int[] sorted = ranks.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private synchronized void look() {
        if (!joined) {
            return;
        }
        long jittered = (long)
                (timing.pollEvery() * (0.75 + redlock.environment().random().nextDouble() / 2));
        look = redlock.after(jittered, this::look);
        redlock.ask(all, _ -> observe(), this::onLook);
    }

    private synchronized void look(int slot) {
        if (joined) {
            redlock.ask(slot, observe(), reply -> onLook(slot, reply));
        }
    }

    private Request observe() {
        return new Request.Observe(lock.name(), waiterId, LOOKS_TO_STAY * timing.pollEvery() / 1_000_000);
    }

    private void onLook(int slot, Reply reply) {
        if (reply instanceof Reply.Observed observed) {
            synchronized (this) {
                ranks[slot] = observed.rank();
                attempts[slot] = observed.record().attempt();
            }
            observer.observed(slot, observed);
        }
    }

    private void onChange(int slot, Reply.Observed change) {
        synchronized (this) {
            LockRecord record = change.record();
            // Most likely the first in line took it.
            if (!record.isFree() && !record.attempt().equals(attempts[slot]) && ranks[slot] > 0) {
                ranks[slot]--;
            }
            attempts[slot] = record.attempt();
        }
        observer.observed(slot, change);
    }

    /** Is told what was seen on a node; called without the lock. */
    @FunctionalInterface
    interface Observer {
        void observed(int slot, Reply.Observed observed);
    }
}
