package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLockSpec;

/** A DistributedLock as a file declares it. */
public record DeclaredLock(Metadata metadata, DistributedLockSpec spec) {}
