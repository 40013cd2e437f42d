package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.LockNode;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Opens node sets on Redis. */
public final class RedisNodes {

    private RedisNodes() {}

    /** Returns at once; connections are made with the first request, and made again, in the background. */
    public static Redlock open(NodeSet set, String holder, Environment environment) {
        return open(set, holder, environment, RedlockObserver.NONE);
    }

    /** {@link #open(NodeSet, String, Environment)}, and the observer is told what happens. */
    public static Redlock open(NodeSet set, String holder, Environment environment, RedlockObserver observer) {
        return new Redlock(connect(set, environment), holder, set.maxLease(), environment, observer);
    }

    /** {@link #open(NodeSet, String, Environment, RedlockObserver)}, and nodes are looked after from that time on. */
    public static Redlock open(
            NodeSet set, String holder, Environment environment, RedlockObserver observer, CompletionStage<?> time) {
        return new Redlock(connect(set, environment), holder, set.maxLease(), environment, observer, time);
    }

    static List<LockNode> connect(NodeSet set, Environment environment) {
        List<LockNode> nodes = new ArrayList<>();
        for (int slot = 0; slot < set.nodes().size(); slot++) {
            nodes.add(new RedisLockNode(set, slot, environment));
        }
        return nodes;
    }
}
