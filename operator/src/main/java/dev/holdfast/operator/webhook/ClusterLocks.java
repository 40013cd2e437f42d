package dev.holdfast.operator.webhook;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The cluster's resources, from memory as a rule. It answers before it is started too, only slower. Thread-safe; may block for a
 * round trip.
 */
public final class ClusterLocks implements Locks, AutoCloseable {
    private final CachedResources<DistributedLock> locks;
    private final CachedResources<RedisNodeSet> nodeSets;

    /** @param namespaces which to watch; all when empty */
    public ClusterLocks(KubernetesClient client, Set<String> namespaces) {
        this.locks = new CachedResources<>(client, DistributedLock.class, namespaces);
        this.nodeSets = new CachedResources<>(client, RedisNodeSet.class, namespaces);
    }

    /** Returns at once; a watch that fails is tried again for ever. */
    public void start() {
        locks.start();
        nodeSets.start();
    }

    /**
     * Before {@link #start}.
     *
     * @param handler told the namespace and the name of each lock that is deleted, on a thread that must not be kept
     */
    public void onLockDeleted(BiConsumer<String, String> handler) {
        locks.onDeleted(lock -> handler.accept(
                lock.getMetadata().getNamespace(), lock.getMetadata().getName()));
    }

    /** Whether the watches have shown what there is. */
    public boolean ready() {
        return locks.synced() && nodeSets.synced();
    }

    @Override
    public Optional<DistributedLock> lock(String namespace, String name) {
        return locks.find(namespace, name);
    }

    @Override
    public Optional<RedisNodeSet> nodeSet(String namespace, String name) {
        return nodeSets.find(namespace, name);
    }

    @Override
    public List<String> names(String namespace) {
        return locks.names(namespace);
    }

    @Override
    public void close() {
        locks.close();
        nodeSets.close();
    }
}
