package dev.holdfast.operator.webhook;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import java.util.List;
import java.util.Optional;

/** The resources that pods name. Called on virtual threads: it may block, but a pod's creation waits for it. */
public interface Locks {

    Optional<DistributedLock> lock(String namespace, String name);

    /** Empty also while the node set's creation is still to come. */
    Optional<RedisNodeSet> nodeSet(String namespace, String name);

    /** The locks known in a namespace, in order, to tell people what they could have meant. */
    List<String> names(String namespace);
}
