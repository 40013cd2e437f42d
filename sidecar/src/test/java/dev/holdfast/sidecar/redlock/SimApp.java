package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Acquisition.Acquired;
import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An application that contends for one lock again and again, in all the ways that the engine offers. */
final class SimApp {

    /** In the time of a lease; more is no waiting any more. */
    private static final int MOST_ATTEMPTS = 150;

    private final Simulation simulation;
    private final SimHost host;
    final int lockIndex;
    private final Lock lock;
    private final SimRandom random;
    private @Nullable Try current;
    private String attempt = "";
    private boolean dirty;
    private long currentWindow;
    private int attemptsInWindow;

    SimApp(Simulation simulation, SimHost host, int lockIndex) {
        this.simulation = simulation;
        this.host = host;
        this.lockIndex = lockIndex;
        this.lock = simulation.settings.lock(host.index, lockIndex);
        this.random = simulation.random;
    }

    void start() {
        think();
    }

    /** Does not think any longer. */
    void wake() {
        Try now = current;
        if (host.alive && (now == null || now.isOver())) {
            host.deliver(SimHost.Kind.TIMER, host.boot, this::contend);
        }
    }

    void crashed() {
        current = null;
    }

    SimHost host() {
        return host;
    }

    Lock lock() {
        return lock;
    }

    /** The acquisition that was sent last. */
    String attempt() {
        return attempt;
    }

    /** Whether a node said that the last holder vanished, in time for it to matter. */
    boolean isDirty() {
        return dirty;
    }

    void sending(String newAttempt) {
        attempt = newAttempt;
        dirty = false;
        countAttempt();
        simulation.checker.sent(lockIndex, newAttempt);
    }

    private void countAttempt() {
        long window = simulation.now / simulation.settings.lease;
        attemptsInWindow = window == currentWindow ? attemptsInWindow + 1 : 1;
        currentWindow = window;
        if (attemptsInWindow > MOST_ATTEMPTS) {
            throw new Violation("busy waiting: " + attemptsInWindow + " attempts in a lease");
        }
    }

    void granted(String byAttempt, boolean withDirt) {
        dirty |= withDirt && byAttempt.equals(attempt);
    }

    boolean isStuck() {
        Try now = current;
        return now != null && !now.over;
    }

    /** Stops whatever it does: withdraws, or releases. */
    void stop() {
        Try now = current;
        if (now != null) {
            host.deliver(SimHost.Kind.TIMER, host.boot, now::stop);
        }
    }

    private void think() {
        if (simulation.ending) {
            return;
        }
        long lease = simulation.settings.lease;
        long pause = random.below(simulation.calm ? lease / 4 : lease);
        if (!simulation.calm && simulation.settings.focus == Settings.Focus.EXPIRY && random.percent(30)) {
            pause = random.below(30 * lease);
        }
        Try before = current;
        host.after(pause, () -> {
            if (current == before && !simulation.ending) {
                contend();
            }
        });
    }

    private void contend() {
        Try next = new Try();
        current = next;
        Contender contender = host.engine().contend(lock, patience(), next);
        next.contender = contender;
        contender.start();
        if (!simulation.calm && random.percent(10)) {
            host.after(random.below(2 * simulation.settings.lease), contender::withdraw);
        }
    }

    private Duration patience() {
        long lease = simulation.settings.lease;
        return simulation.calm
                ? Contender.FOREVER
                : switch ((int) random.below(simulation.settings.impatient ? 3 : 10)) {
                    case 0 -> Duration.ZERO;
                    case 1 -> Duration.ofNanos(random.below(3 * lease));
                    default -> Contender.FOREVER;
                };
    }

    /** One time of contending and holding. */
    private final class Try implements Contender.Listener {
        private @Nullable Contender contender;
        private @Nullable Lease lease;
        private boolean over;
        private boolean ended;

        @Override
        public void onResult(Acquisition acquisition) {
            if (over) {
                throw new Violation("a contender was told two results");
            }
            over = true;
            if (acquisition instanceof Acquired(Lease acquired)) {
                lease = acquired;
                simulation.checker.acquired(SimApp.this, acquired);
                hold(acquired);
            } else {
                simulation.statistics.add(Count.REFUSALS);
                think();
            }
        }

        @Override
        public void onLease(LeaseEvent event) {
            if (ended) {
                throw new Violation("an event after the end of a lease: " + event);
            }
            if (event instanceof LeaseEvent.Ended(LeaseEvent.Ending ending)) {
                ended = true;
                if (lease == null) {
                    throw new Violation("a lease ended that was never acquired: " + ending);
                }
                simulation.statistics.add(
                        switch (ending) {
                            case RELEASED -> Count.RELEASES;
                            case LOST -> Count.LOST;
                            case OVERDUE -> Count.OVERDUE;
                        });
                think();
            }
        }

        @Override
        public void onRefusal(Acquisition refusal) {
            simulation.statistics.add(Count.REFUSALS);
        }

        private void hold(Lease held) {
            long leaseTime = simulation.settings.lease;
            long time = random.percent(70) ? random.below(leaseTime) : random.below(6 * leaseTime);
            if (random.percent(10)) {
                host.after(random.below(2 * leaseTime), () -> held.renew());
            }
            host.after(time, () -> release(held));
        }

        private void release(Lease held) {
            simulation.checker.stopped(held);
            if (random.percent(40)) {
                held.release();
            } else {
                held.release(SimHost.name((int) random.below(simulation.hosts.length)));
            }
            if (random.percent(10)) {
                held.renew();
            }
        }

        boolean isOver() {
            return over && (lease == null || ended);
        }

        void stop() {
            if (!over && contender != null) {
                contender.withdraw();
            }
            if (lease != null && !ended) {
                release(lease);
            }
        }
    }
}
