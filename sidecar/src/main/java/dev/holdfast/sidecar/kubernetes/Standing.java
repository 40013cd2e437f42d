package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redlock.Holder;
import dev.holdfast.sidecar.redlock.NodeStatus;
import java.util.Optional;

/**
 * How this pod stands in an election, as a condition says it.
 *
 * @param reason in one word: {@code Held}; {@code Campaigning}, it would take the lock; else {@code NotHeld}
 */
record Standing(boolean held, String reason, String message) {

    static final Standing STOPPING = notHeld("stopping");

    static Standing held(String message) {
        return new Standing(true, "Held", message);
    }

    static Standing campaigning(String message) {
        return new Standing(false, "Campaigning", message);
    }

    private static Standing notHeld(String message) {
        return new Standing(false, "NotHeld", message);
    }

    static Standing of(Election election) {
        return switch (election.leadership()) {
            case Leadership.Leading leading ->
                held("holds " + election.lock() + " with fencing token " + leading.fencingToken());
            case Leadership.Following following when election.mayLead() -> campaigning(following(following.holder()));
            case Leadership.Following following ->
                notHeld("its application is not healthy, so it does not campaign; " + following(following.holder()));
            case Leadership.NoQuorum _ -> notHeld(noQuorum(election));
            case Leadership.Starting _ -> notHeld("starting: no quorum of nodes has answered yet");
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
