package dev.holdfast.operator.webhook;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resources of one kind: watched, and asked for when the watch has not shown them yet. */
final class CachedResources<T extends HasMetadata> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CachedResources.class);

    private final KubernetesClient client;
    private final Class<T> type;
    private final List<SharedIndexInformer<T>> informers;

    /** @param namespaces all when empty */
    CachedResources(KubernetesClient client, Class<T> type, Set<String> namespaces) {
        this.client = client;
        this.type = type;
        this.informers = namespaces.isEmpty()
                ? List.of(client.resources(type).inAnyNamespace().runnableInformer(0))
                : namespaces.stream()
                        .map(namespace ->
                                client.resources(type).inNamespace(namespace).runnableInformer(0))
                        .toList();
    }

    void start() {
        for (SharedIndexInformer<T> informer : informers) {
            informer.exceptionHandler((_, failure) -> {
                log.atWarn()
                        .addKeyValue("kind", HasMetadata.getKind(type))
                        .addKeyValue("cause", String.valueOf(failure.getMessage()))
                        .log("watch failed and is tried again");
                return true;
            });
            informer.start();
        }
    }

    /** Before {@link #start}. */
    void onDeleted(Consumer<T> handler) {
        informers.forEach(informer -> informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T resource) {}

            @Override
            public void onUpdate(T before, T after) {}

            @Override
            public void onDelete(T resource, boolean isStateUnknown) {
                handler.accept(resource);
            }
        }));
    }

    boolean synced() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    /** A lock is often applied in one go with the pods that name it, so the watch may be a moment behind. */
    Optional<T> find(String namespace, String name) {
        String key = Cache.namespaceKeyFunc(namespace, name);
        return informers.stream()
                .flatMap(informer -> Stream.ofNullable(informer.getIndexer().getByKey(key)))
                .findFirst()
                .or(() -> Optional.ofNullable(client.resources(type)
                        .inNamespace(namespace)
                        .withName(name)
                        .get()));
    }

    List<String> names(String namespace) {
        return informers.stream()
                .flatMap(informer -> informer.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace).stream())
                .map(resource -> resource.getMetadata().getName())
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }
}
