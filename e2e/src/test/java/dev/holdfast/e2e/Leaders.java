package dev.holdfast.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who led, or wrote, one after another; a pod that came back with another token twice. */
record Leaders(List<Leader> inOrder) {

    /** A pod that says it leads, and with which token. */
    record Leader(String pod, long token) {}

    /** In the order in which they were seen. */
    static Leaders of(List<Leader> seen) {
        List<Leader> leaders = new ArrayList<>();
        seen.forEach(leader -> {
            if (leaders.isEmpty() || !leaders.getLast().equals(leader)) {
                leaders.add(leader);
            }
        });
        return new Leaders(List.copyOf(leaders));
    }

    /** What must never be: a leader without a token, one token of two pods, a token below an earlier one. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        Map<Long, String> pods = new HashMap<>();
        Leader greatest = new Leader("", 0);
        for (Leader leader : inOrder) {
            if (leader.token() <= 0) {
                violations.add("leads without a token: " + leader);
            }
            String other = pods.putIfAbsent(leader.token(), leader.pod());
            if (other != null && !other.equals(leader.pod())) {
                violations.add("one token, two pods: " + leader + " and " + other);
            }
            if (leader.token() < greatest.token()) {
                violations.add("a token fell: " + leader + " after " + greatest);
            } else {
                greatest = leader;
            }
        }
        return violations;
    }
}
