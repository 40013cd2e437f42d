package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Settings.Focus;
import dev.holdfast.sidecar.redlock.Settings.Memory;
import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.Arrays;

/** Makes trouble: one fault after another until the simulation calms down. */
final class Faults {

    private final Simulation simulation;
    private final Settings settings;
    private final SimRandom random;
    private final long lease;

    Faults(Simulation simulation) {
        this.simulation = simulation;
        this.settings = simulation.settings;
        this.random = simulation.random;
        this.lease = settings.lease;
    }

    void start() {
        setClocks();
        if (settings.faultEvery > 0) {
            next();
        }
    }

    private void next() {
        simulation.at(simulation.now + (long) (settings.faultEvery * (0.2 + 1.6 * random.nextDouble())), () -> {
            if (!simulation.calm) {
                fault();
                next();
            }
        });
    }

    private void fault() {
        SimNode node = simulation.nodes[(int) random.below(settings.nodes)];
        SimHost host = simulation.hosts[(int) random.below(settings.clients)];
        int kind = (int) random.below(settings.focus == Focus.EVERYTHING ? 14 : 20);
        if (kind >= 14) {
            kind = switch (settings.focus) {
                case RESTARTS -> (int) random.below(5);
                case PAUSES -> 5;
                case DELAYS -> random.percent(50) ? 7 : 8;
                case CLOCKS -> random.percent(50) ? 10 : 11;
                case EXPIRY -> random.percent(50) ? 7 : 8;
                case MINORITIES -> random.oneOf(0, 2, 2, 2, 7, 9, 9);
                case CALM, EVERYTHING -> 5;
            };
        }
        switch (kind) {
            case 0, 1 -> restart(node);
            case 2 -> wipe(node);
            case 3 -> loseSeveral();
            case 4 -> node.takeSnapshot();
            case 5 -> pause(host);
            case 6 -> node.pausedUntil = until(Count.NODE_PAUSES, 2 * lease);
            case 7 -> cutHost(host);
            case 8 -> cutNode(node);
            case 9 -> crash(host);
            case 10 -> slew(host);
            case 11 -> wall(host);
            case 12 -> jump(node);
            default -> crash(host);
        }
    }

    private long until(Count count, long longest) {
        simulation.statistics.add(count);
        return simulation.now + random.below(longest);
    }

    private void crash(SimHost host) {
        if (host.alive) {
            host.crash();
        }
    }

    private void pause(SimHost host) {
        long time = random.percent(40) ? random.below(lease / 2) : random.below(3 * lease);
        host.pause(time, settings.suspends && random.percent(50));
    }

    private void cutHost(SimHost host) {
        boolean to = random.percent(70);
        boolean from = !to || random.percent(50);
        heal(host);
        int most = settings.focus == Focus.MINORITIES ? settings.nodes / 2 : settings.nodes;
        for (int slot = 0; slot < settings.nodes && most > 0; slot++) {
            int other = (slot + host.index) % settings.nodes;
            if (random.nextBoolean()) {
                host.cutTo[other] = to;
                host.cutFrom[other] = from;
                most--;
            }
        }
        long end = until(Count.CUTS, settings.focus == Focus.MINORITIES ? 20 * lease : settings.longDelay);
        simulation.at(end, () -> heal(host));
    }

    private static void heal(SimHost host) {
        Arrays.fill(host.cutTo, false);
        Arrays.fill(host.cutFrom, false);
    }

    /** Right after a request has left: stops or ends its process, so that each step of the protocol is hit. */
    void onSending(SimHost host) {
        if (!simulation.calm && random.percent(settings.stepFaults)) {
            boolean dies = random.percent(20);
            simulation.at(simulation.now + random.below(3 * settings.baseDelay), () -> {
                if (simulation.calm || !host.alive) {
                    return;
                }
                if (dies) {
                    host.crash();
                } else {
                    pause(host);
                }
            });
        }
    }

    private void cutNode(SimNode node) {
        boolean to = random.percent(70);
        boolean from = !to || random.percent(50);
        for (SimHost host : simulation.hosts) {
            if (random.nextBoolean()) {
                host.cutTo[node.slot] |= to;
                host.cutFrom[node.slot] |= from;
            }
        }
        long end = until(Count.CUTS, random.percent(10) ? 14 * lease : settings.longDelay);
        simulation.at(end, () -> {
            for (SimHost host : simulation.hosts) {
                host.cutTo[node.slot] = false;
                host.cutFrom[node.slot] = false;
            }
        });
    }

    // ------ memory

    /** Whether this node may forget now, so that the others make up for it. */
    private boolean mayForget(SimNode node) {
        int others = 0;
        for (SimNode other : simulation.nodes) {
            others += other != node && other.state.isAdmitted() ? 1 : 0;
        }
        return switch (settings.memory) {
            case KEPT -> false;
            case SOME_LOST -> others >= settings.nodes - (settings.nodes / 2 + 1) + 1;
            case ALL_LOST -> true;
        };
    }

    private void restart(SimNode node) {
        if (!node.up) {
            return;
        }
        if (node.durableStorage && node.state.isDurable()) {
            node.restartWithData();
        } else if (mayForget(node)) {
            node.restartForgetful();
        } else {
            return;
        }
        node.up = false;
        simulation.at(simulation.now + random.below(random.percent(50) ? lease / 5 : 2 * lease), () -> node.up = true);
    }

    private void wipe(SimNode node) {
        if (node.up && mayForget(node)) {
            node.wipe();
            if (random.percent(40)) {
                simulation.at(simulation.now + random.below(3 * lease), () -> {
                    if (!simulation.calm && mayForget(node)) {
                        node.wipe();
                    }
                });
            }
        }
    }

    private void loseSeveral() {
        if (settings.memory == Memory.ALL_LOST && random.percent(50)) {
            for (SimNode node : simulation.nodes) {
                if (random.percent(75)) {
                    node.restartForgetful();
                }
            }
        }
    }

    // ------ clocks

    private void setClocks() {
        for (SimHost host : simulation.hosts) {
            double rate = rate();
            for (int clock = 0; clock < 3; clock++) {
                host.clock.setRate(clock, rate, 0);
            }
            if (settings.slewedClocks) {
                slew(host);
            }
            wall(host);
        }
    }

    /** Within the drift that the protocol is told of, often at its very edge. */
    private double rate() {
        return 1 + settings.drift * (random.percent(40) ? random.oneOf(-1.0, 1.0) : 2 * random.nextDouble() - 1);
    }

    /** The boot-time clock keeps within the drift; the others may do anything in such schedules. */
    private void slew(SimHost host) {
        if (settings.slewedClocks && !host.isPaused()) {
            simulation.statistics.add(Count.CLOCK_FAULTS);
            host.clock.setRate(SimClock.BOOTTIME, rate(), simulation.now);
            host.clock.setRate(SimClock.MONOTONIC, 0.85 + 0.3 * random.nextDouble(), simulation.now);
            host.clock.setRate(SimClock.RAW, random.percent(50) ? 1 : 0.9 + 0.2 * random.nextDouble(), simulation.now);
        }
    }

    private void wall(SimHost host) {
        if (!settings.wrongWalls) {
            if (simulation.now == 0) {
                host.clock.setWall(random.below((long) (settings.longest.toNanos() * 0.9)) / 1000);
            }
            return;
        }
        host.clock.setWall(
                switch ((int) random.below(12)) {
                    case 0 -> 1L << 53; // beyond 2112
                    case 1 -> -(1L << 52); // before 1970
                    default -> (long) (random.nextGaussian() * 100 * lease / 1000);
                });
    }

    /** Never so far forward that the entry of a live lease expires: that is the documented limit of the protocol. */
    private void jump(SimNode node) {
        if (settings.nodeClockJumps && simulation.now - node.jumpedAt > 2 * lease) {
            simulation.statistics.add(Count.CLOCK_FAULTS);
            node.jump((random.nextBoolean() ? 1 : -1) * random.below(15 * lease / 1_000_000));
        }
    }

    /** Ends all faults that last. */
    void heal() {
        for (SimHost host : simulation.hosts) {
            heal(host);
            host.endPause();
        }
        for (SimNode node : simulation.nodes) {
            node.up = true;
            node.pausedUntil = simulation.now;
        }
    }
}
