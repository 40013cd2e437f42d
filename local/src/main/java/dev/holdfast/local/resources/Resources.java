package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import java.util.List;

/** What a set of files declares: its locks, and the node sets they use, the implied {@code default} one included. */
public record Resources(List<RedisNodeSet> nodeSets, List<DistributedLock> locks) {
    public Resources {
        nodeSets = List.copyOf(nodeSets);
        locks = List.copyOf(locks);
    }

    public RedisNodeSet nodeSetOf(DistributedLock lock) {
        return nodeSets.stream()
                .filter(set -> set.metadata().name().equals(lock.spec().nodeSet()))
                .findFirst()
                .orElseThrow();
    }
}
