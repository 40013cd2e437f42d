package dev.holdfast.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.operator.reconcile.RollOut.Member;
import dev.holdfast.operator.reconcile.RollOut.Vote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollOutTest {

    /** Each node as: V has a vote, - has none, ~ is not known to have one; o of an old template, n of the new one, ? not seen yet, 0 without a pod. */
    private static RollOut of(String nodes) {
        List<Member> members = new ArrayList<>();
        for (String node : Arrays.asList(nodes.split(" "))) {
            int pods = node.charAt(1) == '0' ? 0 : 1;
            int updated = node.charAt(1) == 'n' ? 1 : 0;
            Vote vote = switch (node.charAt(0)) {
                case 'V' -> Vote.HAS;
                case '~' -> Vote.UNKNOWN;
                default -> Vote.NONE;
            };
            members.add(new Member("node-" + members.size(), vote, pods, updated, node.charAt(1) != '?'));
        }
        return RollOut.of(members.size(), members);
    }

    @ParameterizedTest
    @CsvSource({
        "Vn Vn Vn, none, none", // nothing to do
        "Vo Vo Vo, node-0, none", // all others vote
        "-n Vo Vo, none, node-0", // the last one does not vote yet
        "-0 Vo Vo, none, node-0", // its pod is not there yet
        "Vn Vo Vo, node-1, none",
        "Vn Vn Vo, node-2, none",
        "Vo -o Vo, node-1, none", // what has no vote goes first: it costs none
        "Vo -o -o, node-1, none",
        "-n -o Vo, node-1, none",
        "-n Vo -n, none, node-0",
        "V? V? V?, none, none", // its controller has not seen the new template
        "Vo V? V?, node-0, none",
        "Vo, node-0, none", // a set of one has no other
        "~o ~o ~o, node-0, none", // the operator is cut off: one goes
        "~n ~o ~o, none, node-0", // and no other
        "-n ~o ~o, none, node-0",
        "Vn ~o ~o, node-1, none", // when that one votes, the next
        "~o Vo Vo, node-0, none",
        "Vo Vo ~n, none, node-2",
    })
    void atMostOneVoteIsMissing(String nodes, String next, String waitsFor) {
        RollOut rollOut = of(nodes);
        assertThat(rollOut.next().orElse("none")).isEqualTo(next);
        assertThat(rollOut.waitsUntil().orElse("none"))
                .isEqualTo(waitsFor.equals("none") ? waitsFor : waitsFor + " has a vote again");
    }

    @Test
    void whileANodeHasNoStatefulSetNoneIsReplaced() {
        List<Member> two =
                List.of(new Member("node-0", Vote.HAS, 1, 0, true), new Member("node-1", Vote.HAS, 1, 0, true));
        assertThat(RollOut.of(3, two).next()).isEmpty();
        assertThat(RollOut.of(3, two).isOver()).isFalse();
    }

    @Test
    void saysHowFarItIs() {
        assertThat(of("Vn Vn Vn").message()).isEqualTo("3 of 3 nodes run the present template");
        assertThat(of("Vn Vo Vo").message())
                .isEqualTo("1 of 3 nodes run the present template; node-1 is being replaced");
        assertThat(of("-n Vo Vo").message())
                .isEqualTo("1 of 3 nodes run the present template; waits until node-0 has a vote again");
        assertThat(of("Vn Vn Vn").isOver()).isTrue();
        assertThat(of("Vn Vn -0").isOver()).isFalse();
    }
}
