package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Makes a node set of servers that have never been one: admits all slots at once, without a quarantine. Only its creator
 * may do so, only once, and before anybody else is told the addresses; the set's uid must be new and random.
 */
public final class FreshNodeSet {

    private FreshNodeSet() {}

    /**
     * Admits every slot. Blocks for some round trips.
     *
     * @throws NodeSetException if a server cannot be reached, cannot be a node, or has been a node before; then throw the
     *     set's uid away, or leave the rest to the sidecars, which admit each node after its quarantine
     */
    public static void admit(NodeSet set) throws NodeSetException {
        List<NodeConnection> connections = new ArrayList<>();
        try (SystemEnvironment system = new SystemEnvironment()) {
            long floor = system.environment().wallMicros().getAsLong();
            List<Request.Admit> requests = new ArrayList<>();
            for (int slot = 0; slot < set.nodes().size(); slot++) {
                NodeConnection connection = open(set, slot);
                connections.add(connection);
                requests.add(look(set, slot, connection, floor));
            }
            for (int slot = 0; slot < requests.size(); slot++) {
                admit(set, slot, connections.get(slot), requests.get(slot));
            }
        } finally {
            connections.forEach(NodeConnection::abort);
        }
    }

    private static NodeConnection open(NodeSet set, int slot) throws NodeSetException {
        try {
            NodeConnection connection = NodeConnection.open(set.nodes().get(slot), set.security());
            ServerInfo info = ServerInfo.parse(connection.info());
            var objection = info.objection(set.durable());
            if (objection.isPresent()) {
                connection.abort();
                throw failure(set, slot, objection.get());
            }
            connection.loadScripts();
            return connection;
        } catch (JedisException e) {
            throw failure(set, slot, Failures.describe(e));
        }
    }

    private static Request.Admit look(NodeSet set, int slot, NodeConnection connection, long floor)
            throws NodeSetException {
        List<?> status =
                call(set, slot, connection, new Request.Status(UUID.randomUUID().toString()));
        if (!Replies.text(status, 0).equals("FORGOTTEN")
                || !Replies.text(status, 3).isEmpty()) {
            throw failure(set, slot, "it has been a node before, so this set is not fresh");
        }
        long longest = set.maxLease().toMillis();
        return new Request.Admit(Replies.text(status, 1), Replies.text(status, 2), floor, longest, set.durable());
    }

    private static void admit(NodeSet set, int slot, NodeConnection connection, Request.Admit request)
            throws NodeSetException {
        List<?> answer = call(set, slot, connection, request);
        if (!Replies.text(answer, 0).equals("1")) {
            throw failure(set, slot, Replies.text(answer, 1));
        }
    }

    private static List<?> call(NodeSet set, int slot, NodeConnection connection, Request request)
            throws NodeSetException {
        try {
            Object answer = connection.call(new Commands(set, slot).admission(request, false));
            return answer instanceof List<?> list ? list : List.of(answer);
        } catch (JedisException e) {
            throw failure(set, slot, Failures.describe(e));
        }
    }

    private static NodeSetException failure(NodeSet set, int slot, String reason) {
        return new NodeSetException("node " + slot + " of the new set " + set.name() + " at "
                + set.nodes().get(slot) + ": " + reason);
    }
}
