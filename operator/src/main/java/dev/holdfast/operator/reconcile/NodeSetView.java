package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.manifests.RedisAccess.Phase;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A node set as it was found, and the status that tells it. Pure but for the time of transitions.
 *
 * @param seen how each node stands; empty before they are admitted
 * @param rollOut absent where the operator runs no nodes
 * @param users the locks that vote on it, in order
 * @param phase of the change of the nodes' password
 * @param refused what the API server would not have; empty: nothing
 */
record NodeSetView(
        RedisNodeSet set,
        Admission admission,
        List<Node> seen,
        Optional<RollOut> rollOut,
        List<String> users,
        Phase phase,
        String refused) {

    static final String QUORUM_AVAILABLE = "QuorumAvailable";

    private static final int NAMED = 10;

    /** Before anything is known of its nodes. */
    static NodeSetView of(RedisNodeSet set, Admission admission) {
        return new NodeSetView(set, admission, List.of(), Optional.empty(), List.of(), Phase.STEADY, "");
    }

    boolean isWell() {
        return voting() == size() && rollOut.map(RollOut::isOver).orElse(true) && phase == Phase.STEADY;
    }

    boolean allVote() {
        return voting() == size();
    }

    private int voting() {
        return (int) seen.stream().filter(node -> node.state() == State.Voting).count();
    }

    private int size() {
        return LockManifests.addresses(set).size();
    }

    RedisNodeSetStatus status(Clock wallClock) {
        int quorum = size() / 2 + 1;
        boolean isQuorate = voting() >= quorum;
        String votes = voting() + " of " + size() + " nodes have a vote, " + quorum + " needed";
        List<Condition> before =
                set.getStatus() == null ? List.of() : set.getStatus().conditions();
        String reason = admission.isOver() ? "NoQuorum" : admission.reason();
        Conditions conditions = new Conditions(before, set.getMetadata().getGeneration(), wallClock)
                .set("Ready", isQuorate, isQuorate ? "Ready" : reason, isQuorate ? votes : whyNot(votes))
                .set(Admission.CONDITION, admission.isOver(), admission.reason(), admission.message())
                .set(QUORUM_AVAILABLE, isQuorate, isQuorate ? "Quorum" : "NoQuorum", votes)
                .set("FullStrength", allVote(), allVote() ? "AllVote" : "SomeDoNotVote", votes);
        if (refused.isEmpty()) {
            rollOut.ifPresent(it -> describe(it, conditions));
        } else {
            conditions.set("UpToDate", false, "ObjectRefused", refused);
        }
        conditions.set("InUse", !users.isEmpty(), users.isEmpty() ? "NoLock" : "Locks", usage());
        return new RedisNodeSetStatus(
                conditions.list(), seen, voting(), quorum, set.getMetadata().getGeneration());
    }

    private String whyNot(String votes) {
        return admission.isOver() ? votes : admission.message();
    }

    private void describe(RollOut progress, Conditions conditions) {
        boolean isOver = progress.isOver() && phase == Phase.STEADY;
        String reason = progress.isOver() ? "ChangingPassword" : "Replacing";
        String message = switch (phase) {
            case STEADY -> progress.message();
            case INTRODUCING -> progress.message() + "; nodes learn the next password beside the present one";
            case RETIRING -> progress.message() + "; sidecars are told the new password, then nodes forget the old one";
        };
        conditions.set("UpToDate", isOver, isOver ? "AllReplaced" : reason, message);
    }

    private String usage() {
        if (users.isEmpty()) {
            return "no lock votes on it";
        }
        String named = users.stream().limit(NAMED).collect(Collectors.joining(", "));
        return users.size() > NAMED
                ? "locks " + named + " and " + (users.size() - NAMED) + " more vote on it"
                : (users.size() == 1 ? "lock " : "locks ")
                        + named
                        + (users.size() == 1 ? " votes on it" : " vote on it");
    }

    /** Only what a server-side apply of the status needs. */
    RedisNodeSet withStatus(Clock wallClock) {
        RedisNodeSet fresh = new RedisNodeSet();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(set.getMetadata().getName())
                .withNamespace(set.getMetadata().getNamespace())
                // Another set of that name is another set.
                .withUid(set.getMetadata().getUid())
                .build());
        fresh.setStatus(status(wallClock));
        return fresh;
    }
}
