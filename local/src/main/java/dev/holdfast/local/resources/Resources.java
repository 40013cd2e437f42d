package dev.holdfast.local.resources;

import java.util.List;

/** What a set of files declares: its locks, and the node sets they use, the implied {@code default} one included. */
public record Resources(List<DeclaredNodeSet> nodeSets, List<DeclaredLock> locks) {
    public Resources {
        nodeSets = List.copyOf(nodeSets);
        locks = List.copyOf(locks);
    }

    public DeclaredNodeSet nodeSetOf(DeclaredLock lock) {
        return nodeSets.stream()
                .filter(set -> set.metadata().name().equals(lock.spec().nodeSet()))
                .findFirst()
                .orElseThrow();
    }
}
