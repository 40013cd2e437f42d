package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.Optional;

/** One schedule's set-up, all drawn from its seed. Durations in nanoseconds. */
final class Settings {

    /** What a set of nodes may go through, and what then must be right about wall clocks (protocol, section 11). */
    enum Memory {
        /** Nodes keep everything, and restart with it; wall clocks are arbitrary. */
        KEPT,
        /** Never more are lost at a time than the others make up for (rule b); wall clocks are arbitrary. */
        SOME_LOST,
        /** Any number may be lost at a time (rule c); the clients' wall clocks agree. */
        ALL_LOST
    }

    /** What the schedule stresses. */
    enum Focus {
        CALM,
        EVERYTHING,
        DELAYS,
        RESTARTS,
        PAUSES,
        CLOCKS,
        EXPIRY,
        /** Each client reaches its own majority only, for long. */
        MINORITIES
    }

    final long seed;
    final SimRandom random;
    final Focus focus;
    final Memory memory;
    final int nodes;
    final int clients;
    final int locks;
    final long lease;
    final double drift;
    final Duration longest;
    final LeaseTiming timing;
    /** Every second client's leases are twice as long, as while a setting is being changed. */
    final boolean mixedLeases;

    private final Lock[] lockNames;
    final long horizon;
    /** Messages lost, and slow, in percent. */
    final double loss;

    final double slow;
    final double duplicates;
    /** How late a request may still arrive, and how long cuts and pauses last. */
    final long longDelay;

    final long faultEvery;
    final boolean wrongWalls;
    final boolean slewedClocks;
    final boolean suspends;
    final boolean nodeClockJumps;
    final double durableNodes;
    /** How long an entry of a dynamic lock stays; an hour in earnest. */
    final long keepMillis;

    /** An ordinary one-way trip. */
    final long baseDelay;

    final long operationTimeout;
    /** How often, in percent, a process stops or dies right after a request. */
    final double stepFaults;
    /** Whether applications often wait for a short time only. */
    final boolean impatient;

    private Settings(long seed) {
        this(seed, new SimRandom(seed));
    }

    private Settings(long seed, SimRandom random) {
        this.seed = seed;
        this.random = random;
        this.focus = seed % 16 == 0 ? Focus.CALM : random.oneOf(Focus.values());
        this.nodes = random.oneOf(1, 3, 3, 3, 3, 3, 3, 5, 5, 7);
        this.memory = memory(nodes, random);
        this.clients = random.oneOf(2, 2, 3, 3, 3, 4);
        this.locks = random.oneOf(1, 1, 1, 2);
        this.drift = random.oneOf(0.05, 0.05, 0.05, 0.1, 0.01);
        int leaseMillis = random.oneOf(200, 1000, 1000, 2000, 2000, 3000, 5000, 10_000);
        this.lease = leaseMillis * 1_000_000L;
        this.mixedLeases = random.percent(15);
        long longestMillis = leaseMillis * (random.percent(70) ? 10L : 15L) / 10;
        this.longest = Duration.ofMillis(mixedLeases ? 2L * leaseMillis : longestMillis);
        this.timing = LeaseTiming.of(Duration.ofMillis(leaseMillis), drift);
        boolean declared = focus != Focus.EXPIRY && random.percent(40);
        Duration delay = random.percent(25) ? Duration.ofNanos(lease / 2) : Duration.ZERO;
        this.lockNames = new Lock[locks];
        for (int i = 0; i < locks; i++) {
            var maxHold = random.percent(20) ? Optional.of(Duration.ofNanos(3 * lease)) : Optional.<Duration>empty();
            lockNames[i] = new Lock("lock" + i, Duration.ofMillis(leaseMillis), delay, maxHold, declared);
        }
        long leases = focus == Focus.EXPIRY ? random.between(40, 100) : random.between(15, 45);
        this.horizon = Math.max(leases * lease, 10_000_000_000L);
        boolean calm = focus == Focus.CALM;
        this.loss = calm ? 0 : random.oneOf(0.0, 0.2, 1.0, focus == Focus.DELAYS ? 15.0 : 4.0);
        this.slow = calm ? 0 : random.oneOf(0.2, 1.0, focus == Focus.DELAYS ? 10.0 : 3.0);
        this.duplicates = calm ? 0 : random.oneOf(0.0, 1.0, 5.0);
        this.longDelay = (focus == Focus.EXPIRY ? 25 : 3) * lease;
        this.faultEvery = calm ? 0 : (long) (lease * (0.3 + 3 * random.nextDouble()));
        this.wrongWalls = memory != Memory.ALL_LOST && random.percent(focus == Focus.MINORITIES ? 90 : 60);
        this.slewedClocks = focus == Focus.CLOCKS || random.percent(20);
        this.suspends = focus == Focus.CLOCKS && random.percent(50);
        this.nodeClockJumps = focus == Focus.CLOCKS || random.percent(30);
        this.durableNodes = memory == Memory.KEPT ? 100.0 : random.oneOf(0.0, 33.0, 66.0);
        this.keepMillis = leaseMillis * 20L;
        this.baseDelay = lease / random.oneOf(2000, 500, 100);
        this.operationTimeout = timing.operationTimeout() * random.oneOf(1, 1, 1, 3);
        this.stepFaults = calm ? 0 : focus == Focus.PAUSES ? 0.5 : random.oneOf(0.0, 0.02);
        this.impatient = random.percent(30);
    }

    /** A lock as a client declares it. */
    Lock lock(int host, int index) {
        Lock lock = lockNames[index];
        return mixedLeases && host % 2 == 1
                ? new Lock(
                        lock.name(),
                        lock.leaseDuration().multipliedBy(2),
                        lock.lockDelay(),
                        lock.maxHold(),
                        lock.declared())
                : lock;
    }

    String lockName(int index) {
        return lockNames[index].name();
    }

    Duration lockDelay() {
        return lockNames[0].lockDelay();
    }

    static Settings of(long seed) {
        return new Settings(seed);
    }

    private static Memory memory(int nodes, SimRandom random) {
        if (nodes == 1) {
            return random.oneOf(Memory.KEPT, Memory.ALL_LOST);
        }
        return random.oneOf(Memory.SOME_LOST, Memory.SOME_LOST, Memory.SOME_LOST, Memory.ALL_LOST, Memory.KEPT);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + nodes + " nodes, " + clients + " clients, " + locks + " locks, lease "
                + lease / 1_000_000 + " ms, longest " + longest.toMillis() + " ms, drift " + drift + ", focus " + focus
                + ", memory " + memory + ", loss " + loss + " %, slow " + slow + " %, "
                + (lockNames[0].declared() ? "declared" : "dynamic") + ", lockDelay "
                + lockNames[0].lockDelay().toMillis() + " ms" + (mixedLeases ? ", mixed leases" : "")
                + (wrongWalls ? ", wrong wall clocks" : "")
                + (slewedClocks ? ", slewed clocks" : "") + (suspends ? ", suspends" : "")
                + (nodeClockJumps ? ", node clocks jump" : "");
    }
}
