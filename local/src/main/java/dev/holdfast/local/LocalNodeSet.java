package dev.holdfast.local;

import dev.holdfast.local.resources.DeclaredNodeSet;
import java.util.List;

/** A RedisNodeSet with the processes that are its nodes, by slot, and the random uid of this run's fresh set. */
record LocalNodeSet(DeclaredNodeSet declared, String uid, List<RedisServer> nodes) {
    LocalNodeSet {
        nodes = List.copyOf(nodes);
    }

    String name() {
        return declared.metadata().name();
    }
}
