package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redlock.Holder;
import dev.holdfast.sidecar.redlock.NodeStatus;
import java.util.Optional;

/** How this pod stands in an election, as a condition says it. */
record Standing(boolean held, String message) {

    static final Standing STOPPING = new Standing(false, "stopping");

    static Standing of(Election election) {
        return switch (election.leadership()) {
            case Leadership.Leading leading ->
                new Standing(true, "holds " + election.lock() + " with fencing token " + leading.fencingToken());
            case Leadership.Following following -> new Standing(false, following(following.holder()));
            case Leadership.NoQuorum _ -> new Standing(false, noQuorum(election));
            case Leadership.Starting _ -> new Standing(false, "starting: no quorum of nodes has answered yet");
            case Leadership.Stopping _ -> STOPPING;
        };
    }

    private static String following(Optional<Holder> holder) {
        return holder.map(one -> "follows pod " + one.pod()).orElse("nobody holds it");
    }

    private static String noQuorum(Election election) {
        long voting = election.nodes().stream()
                .filter(node -> node.state() == NodeStatus.State.VOTING)
                .count();
        return "no quorum: " + voting + " of " + election.nodes().size() + " nodes, " + election.quorum() + " needed";
    }
}
