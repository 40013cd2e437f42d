package dev.holdfast.sidecar.redlock;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One schedule: the real engine on simulated nodes, network and clocks, in one thread, all drawn from one seed. The same
 * seed gives the same schedule, event by event.
 */
final class Simulation {

    final Settings settings;
    final SimRandom random;
    final SafetyRules clientRules;
    final Statistics statistics = new Statistics();
    final Checker checker;
    final SimNode[] nodes;
    final SimHost[] hosts;
    private final EventQueue events = new EventQueue();
    final Faults faults;
    private final boolean logs = Boolean.getBoolean("simulation.log");
    private long trace = 1;
    /** True time in nanoseconds. */
    long now;
    /** Whether only what an application can suffer from counts: two holders, wrong tokens, no holder. */
    boolean onlyOutcomes;
    /** No more faults. */
    boolean calm;
    /** Applications do not contend any more. */
    boolean ending;

    Simulation(Settings settings, Function<Settings, SafetyRules> clientRules, NodeRules nodeRules) {
        this.settings = settings;
        this.random = settings.random;
        this.clientRules = clientRules.apply(settings);
        this.checker = new Checker(this);
        this.nodes = new SimNode[settings.nodes];
        for (int slot = 0; slot < nodes.length; slot++) {
            nodes[slot] = new SimNode(this, slot, nodeRules);
        }
        this.hosts = new SimHost[settings.clients];
        for (int host = 0; host < hosts.length; host++) {
            hosts[host] = new SimHost(this, host);
        }
        this.faults = new Faults(this);
    }

    /** The unbroken protocol. */
    static Simulation of(long seed) {
        return new Simulation(Settings.of(seed), SimRules::new, new SimNodeRules(Settings.of(seed)));
    }

    void at(long time, Runnable event) {
        events.add(Math.max(time, now), event);
    }

    void trace(long who, long what) {
        trace = (trace ^ now ^ (who << 56) ^ what) * 0x9E3779B97F4A7C15L;
        trace ^= trace >>> 29;
    }

    /** A number that tells two different schedules apart. */
    long trace() {
        return trace;
    }

    /** For people who look at one schedule: what the nodes were asked and answered. */
    void log(String who, Object what, Object then) {
        if (logs) {
            System.out.printf("%12.6f ms  %s  %s -> %s%n", now / 1e6, who, what, then);
        }
    }

    boolean isLost() {
        return !calm && random.percent(settings.loss);
    }

    /** How long a message travels. */
    long delay() {
        long base = settings.baseDelay;
        if (!calm && random.percent(settings.slow)) {
            return random.percent(70) ? random.below(settings.lease / 4) : random.below(5 * settings.lease / 2);
        }
        return base / 2 + random.below(base);
    }

    /** @throws Violation if an invariant of the protocol is broken */
    void run() {
        faults.start();
        for (SimHost host : hosts) {
            host.start();
        }
        runUntil(settings.horizon);
        calm = true;
        long healed = now;
        faults.heal();
        for (SimHost host : hosts) {
            for (SimApp app : host.apps) {
                app.wake();
            }
        }
        runUntil(healed + timeToRecover());
        checker.checkHeldSince(healed);
        ending = true;
        for (SimHost host : hosts) {
            for (SimApp app : host.apps) {
                app.stop();
            }
        }
        runUntil(now + 2 * settings.lease);
        checkNothingLeft();
    }

    private void runUntil(long time) {
        while (!events.isEmpty() && events.firstTime() <= time) {
            now = events.firstTime();
            events.remove().run();
        }
        now = time;
    }

    /** Twice a lease, the quarantine of what has forgotten, and the lock-delay; a little more for slow clocks. */
    private long timeToRecover() {
        long quarantine = 0;
        for (SimNode node : nodes) {
            if (!node.state.isAdmitted()) {
                quarantine = (long) (2.5 * settings.longest.toNanos()) + 5_000_000_000L;
            }
        }
        long delay = settings.lockDelay().toNanos();
        return (long) (1.4 * ((settings.mixedLeases ? 4 : 2) * settings.lease + delay + quarantine))
                + 8 * settings.operationTimeout;
    }

    private void checkNothingLeft() {
        for (SimHost host : hosts) {
            for (SimApp app : host.apps) {
                if (app.isStuck()) {
                    throw new Violation("I14: a waiter that withdrew was told no result");
                }
            }
        }
        for (SimNode node : nodes) {
            if (node.observers() > 0) {
                throw new Violation("I14: a subscription was left behind");
            }
        }
        for (int lock = 0; lock < settings.locks; lock++) {
            checkNotTaken(settings.lockName(lock));
        }
    }

    /** Single nodes may still show an attempt that ended long ago, until somebody needs them. */
    private void checkNotTaken(String lock) {
        Map<String, Integer> shown = new HashMap<>();
        for (SimNode node : nodes) {
            NodeState.Entry entry = node.state.entry(lock, node.clockMillis());
            if (node.state.isAdmitted()
                    && entry.attempt().contains("@")
                    && !entry.attempt().startsWith("~")) {
                int times = shown.merge(entry.attempt(), 1, Integer::sum);
                if (times > nodes.length / 2) {
                    throw new Violation("I14: " + lock + " was left taken, though its holder released it");
                }
            }
        }
    }
}
