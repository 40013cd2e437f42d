package dev.holdfast.crds;

/** A resource of the group {@code holdfast.dev}. */
public sealed interface Resource permits DistributedLock, RedisNodeSet {
    String API_VERSION = "holdfast.dev/v1alpha1";

    Metadata metadata();

    String kind();
}
