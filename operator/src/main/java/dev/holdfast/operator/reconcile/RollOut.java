package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which node is to be replaced now by one of the present template, if any. Pure.
 *
 * <p>A node that votes goes only while all others vote: then every lease keeps its quorum, and so does every token. One that
 * has no vote costs none; it may be just what a new template is to repair.
 *
 * @param size how many nodes there are
 * @param upToDate how many run the present template
 * @param next the StatefulSet whose pod is to go
 * @param waitsUntil what must be before the next goes
 */
record RollOut(int size, int upToDate, Optional<String> next, Optional<String> waitsUntil) {

    /** As the other one, from what the cluster and the nodes themselves tell. */
    static RollOut of(int size, List<StatefulSet> sets, List<Node> seen) {
        Set<String> voting = seen.stream()
                .filter(node -> node.state() == State.Voting)
                .map(Node::name)
                .collect(Collectors.toSet());
        return of(
                size,
                sets.stream()
                        .map(node -> Member.of(
                                node, voting.contains(node.getMetadata().getName())))
                        .toList());
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
        Optional<String> outdatedWithoutVote = named(members.stream()
                .filter(member -> member.isOutdated() && !member.voting())
                .findFirst());
        Optional<String> outdated =
                named(members.stream().filter(Member::isOutdated).findFirst());
        Optional<String> absent =
                named(members.stream().filter(member -> !member.voting()).findFirst());
        Optional<String> next = outdatedWithoutVote.isPresent() || absent.isPresent() ? outdatedWithoutVote : outdated;
        return new RollOut(
                members.size(),
                upToDate,
                next,
                next.isPresent() ? Optional.empty() : absent.map(node -> node + " has a vote again"));
    }

    private static Optional<String> named(Optional<Member> member) {
        return member.map(Member::node);
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

    /**
     * One node.
     *
     * @param node its StatefulSet
     * @param voting whether it has a vote
     * @param pods how many pods it has, as its controller last saw
     * @param updated how many of them are of the present template
     * @param seen whether its controller has seen the present template
     */
    record Member(String node, boolean voting, int pods, int updated, boolean seen) {

        static Member of(StatefulSet set, boolean voting) {
            StatefulSetStatus status = Objects.requireNonNullElseGet(set.getStatus(), StatefulSetStatus::new);
            Long observed = status.getObservedGeneration();
            return new Member(
                    set.getMetadata().getName(),
                    voting,
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
