package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.redlock.NodeStatus;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How many nodes there are, vote, and must vote. */
record Quorum(int nodes, long reachable, int needed) {

    static Quorum of(List<NodeStatus> nodes, int needed) {
        long voting = nodes.stream()
                .filter(node -> node.state() == NodeStatus.State.VOTING)
                .count();
        return new Quorum(nodes.size(), voting, needed);
    }

    boolean isReached() {
        return reachable >= needed;
    }

    JsonObject json() {
        return new JsonObject().put("nodes", nodes).put("reachable", reachable).put("needed", needed);
    }
}
