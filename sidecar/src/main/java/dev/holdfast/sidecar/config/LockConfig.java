package dev.holdfast.sidecar.config;

import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redlock.Lock;
import java.util.Optional;

/**
 * One DistributedLock as the sidecar sees it.
 *
 * @param appHealth how to find out whether the application may lead; absent: it always may
 */
public record LockConfig(Mode mode, Lock lock, NodeSet nodeSet, Optional<AppHealth> appHealth) {

    /** Who takes the lock. */
    public enum Mode {
        /** Every sidecar campaigns, one pod holds. */
        LEADER,
        /** Applications take keys under it. */
        MUTEX
    }

    /** Whether both speak of the same nodes, reached in the same way. Credentials are read anew at each connection. */
    boolean hasTheNodesOf(LockConfig other) {
        return nodeSet.name().equals(other.nodeSet.name())
                && nodeSet.uid().equals(other.nodeSet.uid())
                && nodeSet.nodes().equals(other.nodeSet.nodes())
                && nodeSet.maxLease().equals(other.nodeSet.maxLease())
                && nodeSet.durable() == other.nodeSet.durable()
                && nodeSet.security()
                        .certificateAuthority()
                        .equals(other.nodeSet.security().certificateAuthority());
    }
}
