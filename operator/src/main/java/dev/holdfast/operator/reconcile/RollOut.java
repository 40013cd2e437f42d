package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which node is to be replaced now by one of the present template, if any. Pure.
 *
 * <p>A node that votes goes only while all others vote: then every lease keeps its quorum, and so does every token. One that
 * has no vote costs none; it may be just what a new template is to repair. Of nodes of which it is not known, one goes, and
 * then none until it votes: an operator that is cut off from all of them takes one away at most.
 *
 * @param size how many nodes there are
 * @param upToDate how many run the present template
 * @param next the StatefulSet whose pod is to go
 * @param waitsUntil what must be before the next goes
 */
record RollOut(int size, int upToDate, Optional<String> next, Optional<String> waitsUntil) {

    /** As the other one, from what the cluster and the nodes themselves tell. */
    static RollOut of(int size, List<StatefulSet> sets, List<Node> seen) {
        Map<String, State> states = seen.stream().collect(Collectors.toMap(Node::name, Node::state));
        return of(
                size,
                sets.stream()
                        .map(node -> Member.of(
                                node,
                                vote(
                                        node,
                                        states.getOrDefault(node.getMetadata().getName(), State.Unreachable))))
                        .toList());
    }

    private static Vote vote(StatefulSet node, State state) {
        return switch (state) {
            case Voting -> Vote.HAS;
            case Quarantined -> Vote.NONE;
            case Unreachable -> {
                StatefulSetStatus status = node.getStatus();
                boolean isReady = status != null && Objects.requireNonNullElse(status.getReadyReplicas(), 0) > 0;
                yield isReady ? Vote.UNKNOWN : Vote.NONE;
            }
        };
    }

    /**
     * Looks at the nodes.
     *
     * @param size how many there should be; while one has no StatefulSet, none is replaced
     * @param members slot by slot, as they were before it was asked whether they vote: a pod that is replaced in between
     *     is then still seen as the old one
     */
    static RollOut of(int size, List<Member> members) {
        if (members.size() < size) {
            return new RollOut(size, 0, Optional.empty(), Optional.of("each node has a StatefulSet"));
        }
        int upToDate = (int) members.stream().filter(Member::isUpToDate).count();
        Optional<String> without = named(members, member -> member.isOutdated() && member.vote() == Vote.NONE);
        Optional<String> absent = named(members, member -> !member.isOutdated() && member.vote() != Vote.HAS);
        Optional<String> unknown = named(members, member -> member.isOutdated() && member.vote() == Vote.UNKNOWN);
        Optional<String> with = named(members, Member::isOutdated);
        Optional<String> next = without.or(() -> absent.isPresent() ? Optional.empty() : unknown.or(() -> with));
        return new RollOut(
                members.size(),
                upToDate,
                next,
                next.isPresent() ? Optional.empty() : absent.map(node -> node + " has a vote again"));
    }

    /** The StatefulSets whose pods are of an earlier template. */
    static List<String> outdated(List<StatefulSet> sets) {
        return sets.stream()
                .map(node -> Member.of(node, Vote.NONE))
                .filter(Member::isOutdated)
                .map(Member::node)
                .toList();
    }

    private static Optional<String> named(List<Member> members, Predicate<Member> predicate) {
        return members.stream().filter(predicate).findFirst().map(Member::node);
    }

    /** The same, but that no node goes yet. */
    RollOut heldUntil(String what) {
        return next.isEmpty() ? this : new RollOut(size, upToDate, Optional.empty(), Optional.of(what));
    }

    boolean isOver() {
        return upToDate == size;
    }

    String message() {
        String progress = upToDate + " of " + size + " nodes run the present template";
        return isOver()
                ? progress
                : progress
                        + next.map(node -> "; " + node + " is being replaced")
                                .or(() -> waitsUntil.map(what -> "; waits until " + what))
                                .orElse("");
    }

    /** Whether a node has a vote. */
    enum Vote {
        HAS,
        /** It runs, and the operator alone may be unable to reach it: it goes like one that has a vote. */
        UNKNOWN,
        NONE
    }

    /**
     * One node.
     *
     * @param node its StatefulSet
     * @param pods how many pods it has, as its controller last saw
     * @param updated how many of them are of the present template
     * @param seen whether its controller has seen the present template
     */
    record Member(String node, Vote vote, int pods, int updated, boolean seen) {

        static Member of(StatefulSet set, Vote vote) {
            StatefulSetStatus status = Objects.requireNonNullElseGet(set.getStatus(), StatefulSetStatus::new);
            Long observed = status.getObservedGeneration();
            return new Member(
                    set.getMetadata().getName(),
                    vote,
                    Objects.requireNonNullElse(status.getReplicas(), 0),
                    Objects.requireNonNullElse(status.getUpdatedReplicas(), 0),
                    observed != null && observed >= set.getMetadata().getGeneration());
        }

        boolean isOutdated() {
            return seen && pods > updated;
        }

        boolean isUpToDate() {
            return seen && pods > 0 && pods == updated;
        }
    }
}
