package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Request;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a connection learns and checks before it serves. */
final class Handshake {

    static final String UNADMITTED = "it may have forgotten, and has no vote until it is admitted";

    private final NodeSet set;
    private final int slot;
    private final Commands commands;
    private volatile String objection = UNADMITTED;

    Handshake(NodeSet set, int slot) {
        this.set = set;
        this.slot = slot;
        this.commands = new Commands(set, slot);
    }

    NodeConnection open() {
        return NodeConnection.open(set.nodes().get(slot), set.security());
    }

    /** Why the node has no vote, when it has none. */
    String objection() {
        return objection;
    }

    /** @throws IllegalStateException if the server cannot be a node of this set, with the reason */
    Result perform(NodeConnection connection) {
        ServerInfo info = ServerInfo.parse(connection.info());
        info.objection(set.durable()).ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        connection.loadScripts();
        Request.Status status = new Request.Status(UUID.randomUUID().toString());
        Object answer = connection.call(commands.admission(status, false));
        if (!(answer instanceof List<?> list)) {
            throw new IllegalStateException("unexpected answer to a status request: " + answer);
        }
        return switch (Replies.text(list, 0)) {
            case "ADMITTED" -> new Result(info.runId(), accept(Marker.parse(Replies.text(list, 4)), info.runId()));
            case "FORGOTTEN" -> {
                objection = UNADMITTED;
                yield new Result(info.runId(), Optional.empty());
            }
            default -> throw new IllegalStateException(Replies.text(list, 1));
        };
    }

    /** The marker, if it is of this slot, of the process with this run_id, and of a set as it is configured here. */
    Optional<Marker> accept(Marker marker, String runId) {
        long longest = set.maxLease().toMillis();
        if (!marker.id().equals(set.id(slot)) || !marker.boot().equals(runId)) {
            objection = UNADMITTED;
            return Optional.empty();
        }
        if (marker.longestLeaseMillis() != longest) {
            objection = "the node set was made for a maxLeaseDuration of " + marker.longestLeaseMillis() + "ms, not of "
                    + longest + "ms; it never changes: make a new node set";
            return Optional.empty();
        }
        return Optional.of(marker);
    }

    /** The process at the other end, and its marker if it may vote. */
    record Result(String runId, Optional<Marker> marker) {}
}
