package dev.holdfast.operator;

import dev.holdfast.crds.DistributedLock;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** When a watch showed what the operator has done: as soon as anybody could know. */
final class Sightings implements AutoCloseable {

    private final Map<String, Long> seen = new ConcurrentHashMap<>();
    private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
    private final SharedIndexInformer<DistributedLock> locks;
    private final SharedIndexInformer<ConfigMap> configurations;

    Sightings(KubernetesClient client) {
        this.locks = client.resources(DistributedLock.class).inAnyNamespace().inform(each(this::see));
        this.configurations = client.configMaps().inAnyNamespace().inform(each(this::see));
    }

    private static <T extends HasMetadata> ResourceEventHandler<T> each(Consumer<T> handler) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                handler.accept(object);
            }

            @Override
            public void onUpdate(T before, T now) {
                handler.accept(now);
            }

            @Override
            public void onDelete(T object, boolean isFinalStateUnknown) {}
        };
    }

    private void see(DistributedLock lock) {
        long now = System.nanoTime();
        if (lock.getStatus() == null || !lock.getMetadata().getNamespace().startsWith("scale-")) {
            return;
        }
        String key =
                lock.getMetadata().getNamespace() + '/' + lock.getMetadata().getName();
        if (lock.getStatus().holder() != null) {
            seen.putIfAbsent(key + '#' + lock.getStatus().holder().fencingToken(), now);
        }
        ready.put(key, lock.getStatus().conditions().stream().anyMatch(Sightings::isReady));
    }

    private static boolean isReady(Condition condition) {
        return condition.getType().equals("Ready") && condition.getStatus().equals("True");
    }

    private void see(ConfigMap map) {
        long now = System.nanoTime();
        String name = map.getMetadata().getName().replace("holdfast-lock-", "");
        String text = map.getData() == null ? "" : map.getData().getOrDefault(name + ".json", "");
        if (!text.isEmpty()) {
            String lease = text.replaceAll("(?s).*\"leaseDuration\" : \"(\\w+)\".*", "$1");
            seen.putIfAbsent(map.getMetadata().getNamespace() + '/' + name + '=' + lease, now);
        }
    }

    long ready() {
        return ready.values().stream().filter(it -> it).count();
    }

    /** In nanoseconds, of a token shown; null before. */
    boolean hasShown(String key) {
        return seen.containsKey(key);
    }

    long whenShown(String key) {
        return seen.getOrDefault(key, Long.MAX_VALUE);
    }

    @Override
    public void close() {
        locks.close();
        configurations.close();
    }
}
