package dev.holdfast.crds;

/** A set of independent Redis masters on which leases are voted. */
public record RedisNodeSet(Metadata metadata, RedisNodeSetSpec spec) implements Resource {
    public static final String KIND = "RedisNodeSet";

    /** The set that a lock without {@code nodeSet} uses, and that is created when nobody declared it. */
    public static RedisNodeSet defaultSet() {
        return new RedisNodeSet(
                Metadata.named(DistributedLockSpec.DEFAULT_NODE_SET), RedisNodeSetSpec.ofNodes(RedisNodeSetSpec.NODES));
    }

    @Override
    public String kind() {
        return KIND;
    }
}
