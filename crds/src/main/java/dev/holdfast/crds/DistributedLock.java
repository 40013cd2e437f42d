package dev.holdfast.crds;

/** A lock that the sidecars of one workload compete for, or under which applications take keys. */
public record DistributedLock(Metadata metadata, DistributedLockSpec spec) implements Resource {
    public static final String KIND = "DistributedLock";

    @Override
    public String kind() {
        return KIND;
    }
}
