package dev.holdfast.sidecar.redlock;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Schedules that random search does not reach in reasonable time, by the name of the rule that each needs: on three nodes
 * with the real rules of nodes and clients, but by hand. Each tells what went wrong, or null.
 */
final class TargetedSchedules {

    private static final long LEASE = 1000;
    private static final String X = "x@1";
    private static final String Y = "y@2";
    private static final String Z = "z@3";
    private static final Request.Witness NOTHING = Request.Witness.NOTHING;

    private final SafetyRules rules;
    private final NodeState[] nodes = new NodeState[3];
    private long now = 1_000_000;
    private int losses;

    private TargetedSchedules(SafetyRules clientRules, NodeRules nodeRules) {
        this.rules = clientRules;
        for (int slot = 0; slot < nodes.length; slot++) {
            nodes[slot] = new NodeState(nodeRules, "1", (_, _) -> {});
            nodes[slot].beginLife("first", true);
        }
    }

    private static final Map<String, Function<TargetedSchedules, @Nullable String>> BY_RULE = byRule();

    private static Map<String, Function<TargetedSchedules, @Nullable String>> byRule() {
        Map<String, Function<TargetedSchedules, @Nullable String>> all = new LinkedHashMap<>();
        all.put("numbers start above the floor", TargetedSchedules::floorCoversACommittedToken);
        all.put("enough nodes are read for the floor", TargetedSchedules::oneReadMayMissTheToken);
        all.put(
                "the floor is read when the quarantine is over",
                TargetedSchedules::acquisitionCompletesAfterAnEarlyRead);
        all.put("the floor reaches the wall clock", schedule -> schedule.allForgot(10, 0));
        all.put("hints reach the wall clock", schedule -> schedule.allForgot(0, 10));
        all.put("only who has the node commits", TargetedSchedules::commitWithoutTheNode);
        all.put("who commits has the node and the number", TargetedSchedules::twoCommitOneNumber);
        all.put("a renewal writes the token", TargetedSchedules::onlyTheJoinedNodeRemembers);
        all.put("an operation that was overtaken changes nothing", TargetedSchedules::lateRenewal);
        all.put("operations are numbered by their sender", TargetedSchedules::recordIsJoinedAgain);
        all.put("a node that was rolled back is not readmitted", TargetedSchedules::rolledBack);
        return all;
    }

    static boolean has(String rule) {
        return BY_RULE.containsKey(rule);
    }

    /** What went wrong, or null if nothing did. */
    static @Nullable String run(String rule, SafetyRules clientRules, NodeRules nodeRules) {
        Function<TargetedSchedules, @Nullable String> schedule = BY_RULE.get(rule);
        if (schedule == null) {
            throw new IllegalArgumentException("no schedule for: " + rule);
        }
        return schedule.apply(new TargetedSchedules(clientRules, nodeRules));
    }

    // ------ shorthands; numbers in milliseconds

    private Reply ask(int slot, Request request) {
        return nodes[slot].apply(request, now);
    }

    private long acquire(int slot, String attempt, long hint) {
        return acquire(slot, attempt, NOTHING, hint);
    }

    private long acquire(int slot, String attempt, Request.Witness witness, long hint) {
        Reply reply = ask(slot, new Request.Acquire("a", attempt, 1, LEASE, 10_000, witness, "", hint));
        return reply instanceof Reply.Granted granted ? granted.number() : -1;
    }

    private void renew(int slot, String attempt, long operation, long token) {
        ask(slot, new Request.Renew("a", attempt, operation, LEASE, 10_000, NOTHING, token));
    }

    private boolean commit(int slot, String attempt, long token) {
        return ask(slot, new Request.Commit("a", attempt, 5, LEASE, 10_000, token)) instanceof Reply.Done;
    }

    private void release(int slot, String attempt) {
        ask(slot, new Request.Release("a", attempt, 9, 10_000, true, "", 0));
    }

    private void lose(int slot) {
        nodes[slot].wipe();
        nodes[slot].apply(new Request.Status("loss" + ++losses), now);
    }

    private void admit(int slot, long floor) {
        if (ask(slot, new Request.Status("unused")) instanceof Reply.Forgotten loss) {
            ask(slot, new Request.Admit(loss.run(), loss.nonce(), floor, LEASE, false));
        }
    }

    private long largest(int... slots) {
        long largest = 0;
        for (int slot : slots) {
            largest = Math.max(largest, nodes[slot].max());
        }
        return largest;
    }

    /** What Y gets as its token from two nodes, knowing nothing. */
    private @Nullable String tokenOfY(int one, int other, long hint) {
        long a = acquire(one, Y, hint);
        long b = acquire(other, Y, hint);
        return a > 0 && b > 0 && Math.max(a, b) <= 5 ? "I4: token " + Math.max(a, b) + " after 5" : null;
    }

    // ------ the schedules: X gets token 5, then something is forgotten; clocks give no help

    private @Nullable String floorCoversACommittedToken() {
        acquire(0, X, 5);
        acquire(1, X, 5);
        lose(0);
        now += 2 * LEASE;
        admit(0, rules.floor(largest(1, 2), 0, 0));
        release(1, X);
        return tokenOfY(0, 2, 1);
    }

    private @Nullable String oneReadMayMissTheToken() {
        acquire(0, X, 5);
        acquire(1, X, 5);
        lose(0);
        now += 2 * LEASE;
        if (rules.floorReadsNeeded(3) <= 1) { // node 1 does not answer just now
            admit(0, rules.floor(largest(2), 0, 0));
        }
        release(1, X);
        return tokenOfY(0, 2, 1);
    }

    private @Nullable String acquisitionCompletesAfterAnEarlyRead() {
        acquire(0, X, 5);
        lose(0);
        long early = largest(1, 2);
        now += LEASE / 4;
        acquire(1, X, 5);
        now += 2 * LEASE;
        admit(0, rules.floor(rules.mayReadFloor(false) ? early : largest(1, 2), 0, 0));
        release(1, X);
        return tokenOfY(0, 2, 1);
    }

    /** Rule c: tokens then rest on the clock of who admits or of who contends next. */
    private @Nullable String allForgot(long wallOfAdmitter, long wallOfContender) {
        for (int slot = 0; slot < 3; slot++) {
            acquire(slot, X, 5);
            lose(slot);
        }
        now += 2 * LEASE;
        for (int slot = 0; slot < 3; slot++) {
            admit(slot, rules.floor(0, 0, wallOfAdmitter));
        }
        return tokenOfY(0, 1, rules.hint(0, wallOfContender));
    }

    private @Nullable String onlyTheJoinedNodeRemembers() {
        acquire(0, X, 5);
        acquire(1, X, 5);
        renew(2, X, 2, 5);
        release(2, X);
        lose(0);
        lose(1);
        now += 2 * LEASE;
        admit(0, rules.floor(largest(2), 0, 0));
        admit(1, rules.floor(largest(0, 2), 0, 0));
        return tokenOfY(0, 1, 1);
    }

    private @Nullable String twoCommitOneNumber() {
        acquire(0, X, 5);
        acquire(1, Y, 5);
        acquire(2, Y, 0);
        release(2, Y);
        acquire(2, X, 0);
        boolean x = commit(2, X, 5);
        boolean y = commit(2, Y, 5);
        return x && y ? "I2: token 5 was given twice" : null;
    }

    private @Nullable String commitWithoutTheNode() {
        acquire(1, Y, 5);
        acquire(2, Y, 0);
        release(2, Y); // overtook the commit
        boolean y = commit(2, Y, 5);
        boolean z = acquire(0, Z, 7) == 7 && acquire(2, Z, 7) == 7;
        return y && z ? "I1: two hold: y and z" : null;
    }

    private @Nullable String lateRenewal() {
        acquire(0, X, 5);
        renew(0, X, 2, 5); // Y looks now, and hears nothing for long
        now += LEASE / 2;
        renew(0, X, 8, 5);
        now += LEASE;
        renew(0, X, 9, 5);
        renew(0, X, 2, 5);
        return acquire(0, Y, new Request.Witness(X, 2, LEASE + LEASE / 2), 6) > 0
                ? "I7: a live record was taken over"
                : null;
    }

    private @Nullable String recordIsJoinedAgain() {
        acquire(0, X, 5);
        renew(0, X, 2, 5);
        long seen = nodes[0].entry("a", now).operation(); // by Y, which hears nothing for long
        now += 1_000_000_000; // X does not reach the node: its entry expires
        renew(0, X, 30, 5);
        renew(0, X, 31, 5);
        return acquire(0, Y, new Request.Witness(X, seen, 1_000_000_000), 6) > 0
                ? "I7: a live record was taken over"
                : null;
    }

    private @Nullable String rolledBack() {
        NodeState snapshot = nodes[0].snapshot();
        acquire(0, X, 5);
        var remembered = new SafetyRules.RememberedLife("first", nodes[0].max());
        nodes[0].restore(snapshot);
        nodes[0].restart("2");
        if (ask(0, new Request.Status("n")) instanceof Reply.Forgotten loss && rules.mayReadmit(remembered, loss)) {
            ask(0, new Request.Readmit(remembered.life(), remembered.max()));
        }
        return acquire(0, Y, 6) > 0 ? "I7: a live lease was forgotten" : null;
    }
}
