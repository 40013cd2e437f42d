package dev.holdfast.sidecar.redis;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import redis.clients.jedis.exceptions.JedisException;

/** A look at how nodes stand, for those who watch a set and take no part in it. */
public final class NodeProbe {

    private NodeProbe() {}

    /** Looks at all slots at once. Blocks for round trips: at most some seconds where a node is silent. */
    public static List<Standing> lookAtAll(NodeSet set) {
        List<Future<Standing>> standings;
        try (ExecutorService looks = Executors.newVirtualThreadPerTaskExecutor()) {
            standings = IntStream.range(0, set.nodes().size())
                    .mapToObj(slot -> looks.submit(() -> look(set, slot)))
                    .toList();
        }
        return standings.stream().map(Future::resultNow).toList();
    }

    private static Standing look(NodeSet set, int slot) {
        Handshake handshake = new Handshake(set, slot);
        NodeConnection connection = null;
        try {
            connection = handshake.open();
            return handshake.perform(connection).marker().isPresent()
                    ? new Standing.Voting()
                    : new Standing.Quarantined(handshake.objection());
        } catch (JedisException | IllegalStateException e) {
            return new Standing.Unreachable(Failures.describe(e));
        } finally {
            if (connection != null) {
                connection.abort();
            }
        }
    }

    /** How a node stands. */
    public sealed interface Standing {
        record Voting() implements Standing {}

        record Quarantined(String reason) implements Standing {}

        record Unreachable(String reason) implements Standing {}
    }
}
