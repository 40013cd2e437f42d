package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's machine: its clocks, and one process at a time with the real engine and some applications. */
final class SimHost {

    /** What is delivered to a process. */
    enum Kind {
        TIMER,
        REPLY,
        PUSH
    }

    private final Simulation simulation;
    final int index;
    final SimClock clock;
    final boolean[] cutTo;
    final boolean[] cutFrom;
    final SimApp[] apps;
    /** Counts processes; what was meant for an earlier one is dropped. */
    int boot;

    boolean alive;
    /** After a pause, a process may see its time-outs before the replies that came in time. */
    boolean timeOutsFirst;

    private final List<Delivery> backlog = new ArrayList<>();
    private long pausedUntil;
    private boolean suspended;
    private @Nullable Redlock engine;
    private int[] clockAdmissions = {};

    SimHost(Simulation simulation, int index) {
        this.simulation = simulation;
        this.index = index;
        this.clock = new SimClock(simulation.random.below(1L << 50));
        int nodes = simulation.settings.nodes;
        this.cutTo = new boolean[nodes];
        this.cutFrom = new boolean[nodes];
        this.apps = new SimApp[simulation.settings.locks];
        for (int lock = 0; lock < apps.length; lock++) {
            apps[lock] = new SimApp(simulation, this, lock);
        }
    }

    private record Delivery(Kind kind, int boot, Runnable task) {}

    Redlock engine() {
        Redlock running = engine;
        if (running == null) {
            throw new IllegalStateException("no process runs");
        }
        return running;
    }

    Tick tick() {
        return clock.at(simulation.now);
    }

    // ------ life

    /** A new process under the same name. */
    void start() {
        boot++;
        alive = true;
        List<LockNode> nodes = new ArrayList<>();
        for (SimNode node : simulation.nodes) {
            nodes.add(new SimLockNode(simulation, this, node));
        }
        Environment environment = new Environment(
                this::tick,
                simulation.settings.drift,
                () -> clock.wallMicros(simulation.now),
                this::after,
                new SimRandom(simulation.random.nextLong()));
        clockAdmissions = new int[nodes.size()];
        engine = new Redlock(
                nodes,
                name(index),
                simulation.settings.longest,
                environment,
                RedlockObserver.NONE,
                simulation.clientRules);
        for (SimApp app : apps) {
            app.start();
        }
    }

    /** As others see it. */
    static String name(int index) {
        return "host" + index;
    }

    void crash() {
        simulation.statistics.add(Count.CRASHES);
        simulation.checker.crashed(this);
        boot++;
        alive = false;
        backlog.clear();
        engine = null;
        for (SimApp app : apps) {
            app.crashed();
        }
        simulation.at(simulation.now + simulation.random.below(simulation.settings.lease), this::start);
    }

    /** Stops the process, and with it the machine if it is suspended: only the boot-time clock counts that. */
    void pause(long nanos, boolean suspend) {
        simulation.statistics.add(Count.PAUSES);
        pausedUntil = Math.max(pausedUntil, simulation.now + nanos);
        if (suspend && !suspended) {
            suspended = true;
            clock.setRate(SimClock.MONOTONIC, 0, simulation.now);
            clock.setRate(SimClock.RAW, 0, simulation.now);
        }
        simulation.at(pausedUntil, this::resume);
    }

    boolean isPaused() {
        return simulation.now < pausedUntil;
    }

    void endPause() {
        pausedUntil = Math.min(pausedUntil, simulation.now);
        resume();
    }

    private void resume() {
        if (isPaused()) {
            return;
        }
        if (suspended) {
            suspended = false;
            clock.setRate(SimClock.MONOTONIC, clock.rate(SimClock.BOOTTIME), simulation.now);
            clock.setRate(SimClock.RAW, clock.rate(SimClock.BOOTTIME), simulation.now);
        }
        List<Delivery> due = new ArrayList<>(backlog);
        backlog.clear();
        switch ((int) simulation.random.below(3)) {
            case 0 -> due.sort((a, b) -> Boolean.compare(a.kind != Kind.TIMER, b.kind != Kind.TIMER));
            case 1 -> due.sort((a, b) -> Boolean.compare(a.kind == Kind.TIMER, b.kind == Kind.TIMER));
            default -> {}
        }
        timeOutsFirst = simulation.random.nextBoolean();
        for (Delivery delivery : due) {
            deliver(delivery.kind, delivery.boot, delivery.task);
        }
        timeOutsFirst = false;
    }

    // ------ events

    void deliver(Kind kind, int toBoot, Runnable task) {
        if (toBoot != boot || !alive) {
            return;
        }
        if (isPaused()) {
            backlog.add(new Delivery(kind, toBoot, task));
            return;
        }
        simulation.checker.before(this);
        task.run();
        simulation.checker.after(this);
    }

    /** Runs by the monotonic clock, like the real ones; now and then late. */
    Timers.Timer after(long nanos, Runnable task) {
        Timer timer = new Timer(clock.read(SimClock.MONOTONIC, simulation.now) + Math.min(nanos, 1L << 60), task);
        long late = !simulation.calm && simulation.random.percent(3)
                ? simulation.random.below(simulation.settings.lease / 20)
                : 0;
        if (nanos < 1L << 55) {
            simulation.at(clock.after(SimClock.MONOTONIC, nanos, simulation.now) + late, timer);
        }
        return timer;
    }

    private final class Timer implements Timers.Timer, Runnable {
        private final long due;
        private final Runnable task;
        private final int setBy = boot;
        private boolean cancelled;

        Timer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        @Override
        public void run() {
            if (cancelled || setBy != boot) {
                return;
            }
            long left = due - clock.read(SimClock.MONOTONIC, simulation.now);
            if (left > 0) { // the clock was slewed meanwhile
                simulation.at(clock.after(SimClock.MONOTONIC, left, simulation.now) + 1000, this);
                return;
            }
            deliver(Kind.TIMER, setBy, () -> {
                if (!cancelled) {
                    task.run();
                }
            });
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    // ------ what the checks need to know

    void sending(Request request) {
        if (request instanceof Request.Acquire acquire) {
            app(acquire.lock()).sending(acquire.attempt());
        }
        if (!(request instanceof Request.Status || request instanceof Request.Observe)) {
            simulation.faults.onSending(this);
        }
    }

    SimApp app(String lock) {
        return apps[lock.charAt(lock.length() - 1) - '0'];
    }

    /** Whether this process asked for the slot's admission by the clock since the last call. */
    boolean admittedByClock(int slot) {
        int times = engine().nodeStatus().get(slot).recoveredByClock();
        boolean more = times > clockAdmissions[slot];
        clockAdmissions[slot] = times;
        return more;
    }
}
