package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.RedisNodeSetSpec;

/** A RedisNodeSet as a file declares it. */
public record DeclaredNodeSet(Metadata metadata, RedisNodeSetSpec spec) {
    /** The set that a lock without {@code nodeSet} uses when no file declares it. */
    static DeclaredNodeSet byDefault() {
        return new DeclaredNodeSet(
                Metadata.named(DistributedLockSpec.DEFAULT_NODE_SET), RedisNodeSetSpec.ofNodes(RedisNodeSetSpec.NODES));
    }
}
