package dev.holdfast.sidecar.config;

import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redlock.Lock;

/** One DistributedLock as the sidecar sees it. */
public record LockConfig(Mode mode, Lock lock, NodeSet nodeSet) {

    /** Who takes the lock. */
    public enum Mode {
        /** Every sidecar campaigns, one pod holds. */
        LEADER,
        /** Applications take keys under it. */
        MUTEX
    }
}
