package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.NodeStatus.State;
import dev.holdfast.sidecar.redlock.SafetyRules.RememberedLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets nodes vote again that may have forgotten what they acknowledged. Every process does this, all the time; each step
 * on a node is a compare-and-set, so that one of many wins and a late one changes nothing. Thread-safe.
 *
 * <ul>
 *   <li>(a) A durable node that restarted with all it had is admitted at once.
 *   <li>(b) Any other is watched for longer than the longest lease. Only then the other nodes' largest numbers are read,
 *       and the node is admitted with a floor above all of them.
 *   <li>(c) If too few others can be read even after another such wait, it is admitted all the same: exclusion holds, but
 *       tokens then rest on the wall clocks.
 * </ul>
 */
final class Admission {

    /** How often nodes are asked while one of them has no vote. */
    private static final long EVERY = Duration.ofSeconds(1).toNanos();

    /** And while all of them vote: what happens to one shows in the next request on a lock, and then it is asked at once. */
    private static final long EVERY_WHILE_ALL_VOTE = Duration.ofSeconds(4).toNanos();

    private final Redlock redlock;
    private final SafetyRules rules;
    private final Environment environment;
    private final List<Slot> slots = new ArrayList<>();
    private Timers.@Nullable Timer timer;
    private boolean soon;
    private final List<Consumer<List<NodeStatus>>> observers = new CopyOnWriteArrayList<>();
    private final Outbox outbox = new Outbox();
    private boolean stopped;

    Admission(Redlock redlock) {
        this.redlock = redlock;
        this.rules = redlock.rules();
        this.environment = redlock.environment();
        for (int slot = 0; slot < redlock.nodes().size(); slot++) {
            slots.add(new Slot(slot));
        }
    }

    synchronized void start() {
        round();
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Is told how all nodes stand, now and after each change. */
    void observe(Consumer<List<NodeStatus>> observer) {
        observers.add(observer);
        observer.accept(nodeStatus());
    }

    synchronized List<NodeStatus> nodeStatus() {
        return slots.stream()
                .map(slot -> new NodeStatus(
                        redlock.nodes().get(slot.index).address(), slot.state, slot.reason, slot.recoveredByClock))
                .toList();
    }

    /** A node gave no vote, did not answer, or lost the connection: if it had a vote, it is asked how it stands now. */
    synchronized void doubt(int index) {
        Slot slot = slots.get(index);
        if (slot.state == State.VOTING && !stopped) {
            ask(slot);
        }
    }

    private synchronized void round() {
        if (stopped) {
            return;
        }
        timer = null;
        slots.forEach(this::ask);
        soon = !allVote();
        timer = redlock.after(jittered(soon ? EVERY : EVERY_WHILE_ALL_VOTE), this::round);
    }

    private void ask(Slot slot) {
        if (slot.asked) {
            return;
        }
        slot.asked = true;
        Tick sent = redlock.now();
        redlock.ask(slot.index, new Request.Status(newNonce()), reply -> {
            redlock.tellRoundTrip(slot.index, sent, redlock.now(), reply);
            onStatus(slot, reply);
        });
    }

    private void onStatus(Slot slot, Reply reply) {
        synchronized (this) {
            slot.asked = false;
            State before = slot.state;
            take(slot, reply);
            if (slot.state != before) {
                List<NodeStatus> status = nodeStatus();
                outbox.add(() -> observers.forEach(observer -> observer.accept(status)));
            }
            hurry();
        }
        outbox.deliver();
    }

    /** The next round was to come late, as all had a vote; now one has none. */
    private void hurry() {
        if (!soon && !stopped && timer != null && !allVote()) {
            timer.cancel();
            soon = true;
            timer = redlock.after(jittered(EVERY), this::round);
        }
    }

    private boolean allVote() {
        return slots.stream().allMatch(slot -> slot.state == State.VOTING);
    }

    private long jittered(long nanos) {
        return (long) (nanos * (0.875 + environment.random().nextDouble() / 4));
    }

    private void take(Slot slot, Reply reply) {
        switch (reply) {
            case Reply.Admitted admitted -> {
                slot.state(State.VOTING, "");
                slot.watch = null;
                slot.remember(admitted.life(), admitted.max());
            }
            case Reply.Forgotten forgotten -> recover(slot, forgotten);
            case Reply.NoVote(var reason) -> slot.state(State.QUARANTINED, reason);
            case Reply.Unreachable(var reason) -> slot.state(State.UNREACHABLE, reason);
            default -> throw new IllegalStateException("not an answer to a status request: " + reply);
        }
    }

    private void recover(Slot slot, Reply.Forgotten node) {
        if (rules.mayReadmit(slot.remembered, node)) {
            slot.state(State.QUARANTINED, "restarted with its data; being admitted again");
            String life = slot.remembered == null ? "" : slot.remembered.life();
            long max = slot.remembered == null ? 0 : slot.remembered.max();
            redlock.ask(slot.index, new Request.Readmit(life, max), _ -> {});
            return;
        }
        Watch watch = slot.watch;
        if (watch == null || !rules.isSameLoss(watch.run, watch.nonce, node)) {
            watch = new Watch(node, redlock.now());
            slot.watch = watch;
        }
        long longest = redlock.longestLease().toNanos();
        boolean over = rules.quarantineOver(watch.since, redlock.now(), longest, environment.drift());
        slot.state(
                State.QUARANTINED,
                over
                        ? "forgot; reading the other nodes"
                        : "may have forgotten; no vote for longer than the longest lease");
        if (rules.mayReadFloor(over) && !watch.floorRead) {
            readFloor(slot, watch);
        } else if (over) {
            admitIfEnoughRead(slot, watch);
        }
    }

    private void readFloor(Slot slot, Watch watch) {
        watch.floorRead = true;
        watch.largest.clear();
        for (Slot other : slots) {
            if (other != slot) {
                redlock.ask(
                        other.index, new Request.Status(newNonce()), reply -> onFloorRead(slot, watch, other, reply));
            }
        }
        if (slots.size() == 1) {
            admitIfEnoughRead(slot, watch);
        }
    }

    private synchronized void onFloorRead(Slot slot, Watch watch, Slot other, Reply reply) {
        if (reply instanceof Reply.Admitted admitted) {
            watch.largest.merge(other.index, admitted.max(), Math::max);
        }
        boolean over = rules.quarantineOver(
                watch.since, redlock.now(), redlock.longestLease().toNanos(), environment.drift());
        if (slot.watch == watch && over && watch.largest.size() >= rules.floorReadsNeeded(slots.size())) {
            admit(slot, watch);
        }
    }

    /** Looks at the reads of the round before, admits by them if it may, and lets them be made again. */
    private void admitIfEnoughRead(Slot slot, Watch watch) {
        int nodes = slots.size();
        long longest = redlock.longestLease().toNanos();
        // The second wait gives an unreachable node time to come back and be read.
        long patience = nodes == 1 ? longest : 2 * longest;
        boolean enough = watch.largest.size() >= rules.floorReadsNeeded(nodes);
        boolean patient = rules.quarantineOver(watch.since, redlock.now(), patience, environment.drift());
        if (enough || (patient && rules.mayAdmitByClock())) {
            slot.recoveredByClock += enough ? 0 : 1;
            admit(slot, watch);
        }
        watch.floorRead = false;
    }

    private void admit(Slot slot, Watch watch) {
        long read =
                watch.largest.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long floor = rules.floor(read, watch.ownMax, environment.wallMicros().getAsLong());
        long longest = redlock.longestLease().toMillis();
        redlock.ask(slot.index, new Request.Admit(watch.run, watch.nonce, floor, longest, watch.durable), _ -> {});
    }

    private String newNonce() {
        byte[] bits = new byte[16];
        environment.random().nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** What this process knows of one slot. */
    private static final class Slot {
        private final int index;
        private State state = State.UNREACHABLE;
        private String reason = "not asked yet";
        private @Nullable RememberedLife remembered;
        private @Nullable Watch watch;
        private int recoveredByClock;
        private boolean asked;

        Slot(int index) {
            this.index = index;
        }

        void state(State now, String why) {
            state = now;
            reason = why;
        }

        void remember(String life, long max) {
            RememberedLife known = remembered;
            remembered = known != null && known.life().equals(life)
                    ? new RememberedLife(life, Math.max(known.max(), max))
                    : new RememberedLife(life, max);
        }
    }

    /** One loss of memory, and since when this process has watched it. */
    private static final class Watch {
        private final String run;
        private final String nonce;
        private final long ownMax;
        private final boolean durable;
        private final Tick since;
        private final Map<Integer, Long> largest = new HashMap<>();
        private boolean floorRead;

        Watch(Reply.Forgotten node, Tick since) {
            this.run = node.run();
            this.nonce = node.nonce();
            this.ownMax = node.max();
            this.durable = node.durable();
            this.since = since;
        }
    }
}
