package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Attempt.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Contends for one lock until it has it, has waited long enough, or withdraws. Thread-safe.
 *
 * <p>The first try needs no look: an unknown lock costs one round trip. Refused, it waits in line: it subscribes to the
 * lock's changes on every node, looks, and tries again as soon as it could take a quorum of nodes. A change wakes it;
 * looking now and then only makes up for changes that it was not told. Waiters try in the order of their rank, a little
 * apart, so that a release wakes one attempt and not a hundred.
 */
public final class Contender {

    /** To wait for ever. */
    public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    /** Time for the waiter before to take the lock: a few round trips. */
    private static final long STEP = 2_000_000;

    private static final int MOST_SPLITS = 5;

    private final Redlock redlock;
    private final Lock lock;
    private final LeaseTiming timing;
    private final Listener listener;
    private final long wait;
    private final String waiterId;
    private final Observations observations;
    private final Line line;
    private final Outbox outbox = new Outbox();
    private final HandOver handOver = new HandOver();
    private final Tick startedAt;
    private State state = State.NEW;
    private @Nullable Lease delayed;
    private @Nullable Lease acquired;
    private Acquisition lastRefusal = new Acquisition.Cancelled();
    private Optional<Holder> told = Optional.empty();
    private Timers.@Nullable Timer next;
    private Timers.@Nullable Timer waitEnd;
    private @Nullable Tick takeableSince;
    private Tick backOffSince;
    private long backOff;
    private boolean standingDown;
    private int splits;

    private enum State {
        NEW,
        ATTEMPTING,
        WAITING,
        /** Won from a holder that vanished: the lease is kept, but not reported before the lock-delay is over. */
        DELAYING,
        OVER
    }

    Contender(Redlock redlock, Lock lock, LeaseTiming timing, Duration wait, Listener listener) {
        this.redlock = redlock;
        this.lock = lock;
        this.timing = timing;
        this.listener = listener;
        this.wait = wait.toNanos();
        this.waiterId = wait.isPositive() ? redlock.newWaiterId() : "";
        this.observations = new Observations(redlock.rules(), redlock.nodes().size(), redlock.quorum());
        redlock.witnessMemory().recall(lock.name(), observations);
        this.startedAt = redlock.now();
        this.backOffSince = startedAt;
        this.line = new Line(redlock, lock, timing, waiterId, this::onObserved);
    }

    /** Begins to contend. Call once. */
    public void start() {
        start(Duration.ZERO);
    }

    /**
     * Begins to watch the lock, and to contend after a while: whoever stands down still witnesses a holder that crashes.
     *
     * @param standDown leaves the lock to others for so long
     */
    public void start(Duration standDown) {
        synchronized (this) {
            if (state == State.NEW && standDown.isPositive() && wait > 0) {
                backOffSince = redlock.now();
                backOff = standDown.toNanos();
                standingDown = true;
                waitOn();
            } else if (state == State.NEW) {
                attempt();
            }
            // Whoever has the lock long before must not be remembered for the rest of the wait.
            if (state != State.OVER && wait > 0 && wait < Long.MAX_VALUE) {
                waitEnd = redlock.after(wait, this::onWaitedLongEnough);
            }
        }
        outbox.deliver();
    }

    /** Stops contending. A lease that is won at this very moment is released. */
    public void withdraw() {
        synchronized (this) {
            if (state != State.OVER) {
                finish(new Acquisition.Cancelled(), redlock.now());
            }
        }
        outbox.deliver();
    }

    /** Who has the lock, as a quorum of nodes showed it last. */
    public Optional<Holder> holder() {
        return observations.holder();
    }

    // All below up to the next remark runs under the lock.

    private void attempt() {
        state = State.ATTEMPTING;
        takeableSince = null;
        standingDown = false;
        cancelNext();
        if (!redlock.underway().begin()) {
            finish(new Acquisition.Cancelled(), redlock.now());
            return;
        }
        Claim claim = new Claim(redlock, lock, timing);
        new Attempt(redlock, claim, observations, line.isJoined() ? waiterId : "", this::onOutcome).start();
    }

    private void waitOn() {
        Tick now = redlock.now();
        if (now.mostSince(startedAt) >= wait) {
            finish(lastRefusal, now);
            return;
        }
        state = State.WAITING;
        line.join();
        evaluate();
    }

    /** Tries, or sets the time of the next look at what has been seen. */
    private void evaluate() {
        if (state != State.WAITING) {
            return;
        }
        cancelNext();
        Tick now = redlock.now();
        long until = observations.untilTakeable(waiterId, now);
        if (until > 0) {
            takeableSince = null;
            if (told.isPresent()) {
                handOver.sawHolder();
            }
            if (until < Long.MAX_VALUE) {
                next = redlock.after(until, this::onNext);
            }
            return;
        }
        Tick since = takeableSince == null ? now : takeableSince;
        takeableSince = since;
        long ahead = observations.isReservedFor(waiterId) ? 0 : line.rank();
        long turn = ahead * STEP - now.leastSince(since);
        long stayBack = backOff - now.leastSince(backOffSince);
        if (!standingDown || stayBack <= 0) {
            handOver.sawFree(now);
        }
        long delay = Math.max(turn, stayBack);
        if (delay > 0) {
            next = redlock.after(delay, this::onNext);
        } else {
            attempt();
        }
    }

    /** Contenders that split the votes between them try again at different times. */
    private void backOff(long roundTrip) {
        splits = Math.min(splits + 1, MOST_SPLITS);
        long slot = Math.max(roundTrip, STEP / 4);
        backOffSince = redlock.now();
        backOff = Math.min(
                (long) (slot * (1 + redlock.environment().random().nextDouble() * (1 << splits))), timing.pollEvery());
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void finish(Acquisition acquisition, Tick at) {
        state = State.OVER;
        cancelNext();
        if (waitEnd != null) {
            waitEnd.cancel();
            waitEnd = null;
        }
        Lease unwanted = delayed;
        delayed = null;
        if (acquisition instanceof Acquisition.Acquired(var lease)) {
            acquired = lease;
            redlock.witnessMemory().forget(lock.name());
        } else {
            redlock.witnessMemory().keep(lock.name(), observations);
            if (unwanted != null) {
                outbox.add(unwanted::giveBack);
            }
        }
        long took = at.mostSince(startedAt);
        outbox.add(() -> {
            redlock.observer().contended(lock.name(), acquisition, took);
            listener.onResult(acquisition);
        });
        // Afterwards: the result is awaited, the place in line is not.
        outbox.add(line::leave);
    }

    // From here on: called from outside, without the lock.

    private void onOutcome(Outcome outcome) {
        Lease unwanted = null;
        synchronized (this) {
            switch (outcome) {
                case Outcome.Won won when state == State.OVER -> unwanted = won.lease();
                case Outcome.Won won when won.dirty() && lock.lockDelay().isPositive() -> delay(won.lease());
                case Outcome.Won won -> win(won);
                case Outcome.Refused(var refusal, var nanos)
                when state != State.OVER -> {
                    lastRefusal = refusal;
                    if (refusal instanceof Acquisition.Contended) {
                        backOff(nanos);
                    } else {
                        splits = 0;
                    }
                    if (refusal instanceof Acquisition.HeldByAnother) {
                        handOver.sawHolder();
                    }
                    outbox.add(() -> listener.onRefusal(refusal));
                    waitOn();
                }
                case Outcome.Refused _ -> {}
            }
        }
        if (unwanted != null) {
            unwanted.giveBack();
        }
        outbox.deliver();
    }

    private void win(Outcome.Won won) {
        Lease lease = won.lease();
        lease.keep(listener::onLease);
        if (!won.dirty()) {
            handOver.acquired(redlock.observer(), lock.name(), lease.heldSince());
        }
        finish(new Acquisition.Acquired(lease), lease.heldSince());
    }

    private void delay(Lease lease) {
        state = State.DELAYING;
        delayed = lease;
        lease.keepUnreported(event -> onDelayed(lease, event));
        redlock.after(lock.lockDelay().toNanos(), () -> onDelayOver(lease));
    }

    private void onDelayed(Lease lease, LeaseEvent event) {
        boolean reported;
        synchronized (this) {
            reported = acquired == lease;
            if (delayed == lease && event instanceof LeaseEvent.Ended) {
                delayed = null;
                waitOn();
            }
        }
        if (reported) {
            listener.onLease(event);
        }
        outbox.deliver();
    }

    private void onDelayOver(Lease lease) {
        synchronized (this) {
            if (delayed == lease && lease.isHeld()) {
                lease.report();
                finish(new Acquisition.Acquired(lease), lease.heldSince());
            }
        }
        outbox.deliver();
    }

    private void onObserved(int slot, Reply.Observed observed) {
        redlock.releaseLeftover(slot, lock, observed.record());
        synchronized (this) {
            if (observations.saw(slot, observed.record(), observed.number(), redlock.now())) {
                tellHolder();
            }
            evaluate();
        }
        outbox.deliver();
    }

    private void tellHolder() {
        Optional<Holder> holder = observations.holder();
        if (!holder.equals(told) && state != State.OVER) {
            told = holder;
            outbox.add(() -> listener.onHolder(holder));
        }
    }

    private void onNext() {
        synchronized (this) {
            evaluate();
        }
        outbox.deliver();
    }

    /** Whoever has the lease by then waits the lock-delay out: given back, the next one would have to wait it out again. */
    private void onWaitedLongEnough() {
        synchronized (this) {
            if (state == State.WAITING) {
                finish(lastRefusal, redlock.now());
            }
        }
        outbox.deliver();
    }

    /** Is told how it goes, in order, on the engine's threads; must not block. */
    public interface Listener {

        /** What becomes of the lease, once it is acquired. */
        void onLease(LeaseEvent event);

        /** How it ended. The last call but those to {@link #onLease}. */
        void onResult(Acquisition acquisition);

        /** Each time that it tried in vain and goes on waiting. */
        default void onRefusal(Acquisition refusal) {}

        /** Somebody else has the lock now, or nobody. */
        default void onHolder(Optional<Holder> holder) {}
    }
}
