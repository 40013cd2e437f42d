package dev.holdfast.operator.webhook;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Resources as a YAML file lists them, in every namespace. */
record GivenLocks(List<DistributedLock> locks, List<RedisNodeSet> nodeSets) implements Locks {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    static GivenLocks parse(String yaml) {
        List<DistributedLock> locks = new ArrayList<>();
        List<RedisNodeSet> nodeSets = new ArrayList<>();
        for (String document : yaml.split("(?m)^---$")) {
            if (!document.isBlank()) {
                switch (YAML.unmarshal(document, GenericKubernetesResource.class)
                        .getKind()) {
                    case DistributedLock.KIND -> locks.add(YAML.unmarshal(document, DistributedLock.class));
                    case RedisNodeSet.KIND -> nodeSets.add(YAML.unmarshal(document, RedisNodeSet.class));
                    default -> throw new IllegalArgumentException("neither lock nor node set: " + document);
                }
            }
        }
        return new GivenLocks(List.copyOf(locks), List.copyOf(nodeSets));
    }

    @Override
    public Optional<DistributedLock> lock(String namespace, String name) {
        return named(locks, name);
    }

    @Override
    public Optional<RedisNodeSet> nodeSet(String namespace, String name) {
        return named(nodeSets, name);
    }

    @Override
    public List<String> names(String namespace) {
        return locks.stream().map(lock -> lock.getMetadata().getName()).sorted().toList();
    }

    private static <T extends HasMetadata> Optional<T> named(Collection<T> resources, String name) {
        return resources.stream()
                .filter(resource -> resource.getMetadata().getName().equals(name))
                .findFirst();
    }
}
