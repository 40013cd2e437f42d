package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;

/**
 * Has the nodes of a set admitted again when they may have forgotten what they granted, by the rules that every sidecar
 * follows, and takes no lock. For sets that no sidecar watches. Thread-safe.
 */
public final class NodeCare implements AutoCloseable {

    /** Nobody sees it: it holds nothing. */
    private static final String HOLDER = "holdfast-care";

    private final SystemEnvironment system;
    private final Redlock nodes;

    private NodeCare(SystemEnvironment system, Redlock nodes) {
        this.system = system;
        this.nodes = nodes;
    }

    /** Returns at once; connections are made, and made again, in the background. */
    public static NodeCare begin(NodeSet set) {
        SystemEnvironment system = new SystemEnvironment();
        return new NodeCare(system, RedisNodes.open(set, HOLDER, system.environment()));
    }

    @Override
    public void close() {
        nodes.close();
        system.close();
    }
}
