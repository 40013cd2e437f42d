package dev.holdfast.operator.reconcile;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which workloads pods belong to, asked of the API server each time: the cluster's other workloads need not be watched and
 * kept for it.
 */
final class Workloads {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    private final KubernetesClient client;

    Workloads(KubernetesClient client) {
        this.client = client;
    }

    List<Workload> of(Collection<Pod> pods) {
        Map<OwnerReference, List<Pod>> owned = pods.stream()
                .filter(pod -> controller(pod).isPresent())
                .collect(groupingBy(pod -> controller(pod).orElseThrow()));
        List<Workload> workloads = new ArrayList<>();
        Map<OwnerReference, List<Pod>> deployed = new HashMap<>();
        Map<String, ReplicaSet> replicaSets = new HashMap<>();
        owned.forEach((owner, its) -> {
            String namespace = its.getFirst().getMetadata().getNamespace();
            switch (owner.getKind()) {
                case "StatefulSet" ->
                    find(StatefulSet.class, namespace, owner)
                            .map(set -> workload(set, its))
                            .ifPresent(workloads::add);
                case "ReplicaSet" ->
                    find(ReplicaSet.class, namespace, owner).ifPresent(set -> {
                        replicaSets.put(owner.getUid(), set);
                        controller(set)
                                .ifPresent(deployment -> deployed.computeIfAbsent(deployment, _ -> new ArrayList<>())
                                        .addAll(its));
                    });
                default -> {} // Its controller replaces no pods.
            }
        });
        deployed.forEach((owner, its) -> find(
                        Deployment.class, its.getFirst().getMetadata().getNamespace(), owner)
                .map(deployment -> workload(deployment, its, replicaSets))
                .ifPresent(workloads::add));
        return workloads;
    }

    private static Optional<OwnerReference> controller(HasMetadata resource) {
        return resource.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findAny();
    }

    /** Another one of that name is not the owner. */
    private <T extends HasMetadata> Optional<T> find(Class<T> type, String namespace, OwnerReference owner) {
        return Optional.ofNullable(client.resources(type)
                        .inNamespace(namespace)
                        .withName(owner.getName())
                        .get())
                .filter(found -> found.getMetadata().getUid().equals(owner.getUid()));
    }

    private static Workload workload(StatefulSet set, List<Pod> pods) {
        String newest = set.getStatus() == null ? null : set.getStatus().getUpdateRevision();
        return workload(
                Stall.of(set),
                pods,
                pod -> newest == null
                        || newest.equals(pod.getMetadata().getLabels().get("controller-revision-hash")));
    }

    private static Workload workload(Deployment deployment, List<Pod> pods, Map<String, ReplicaSet> replicaSets) {
        Optional<String> newest = revision(deployment);
        return workload(
                Stall.of(deployment),
                pods,
                pod -> newest.isEmpty()
                        || controller(pod).stream()
                                .flatMap(owner -> Stream.ofNullable(replicaSets.get(owner.getUid())))
                                .anyMatch(set -> revision(set).equals(newest)));
    }

    /** A Deployment has that of its newest ReplicaSet. */
    private static Optional<String> revision(HasMetadata resource) {
        return Optional.ofNullable(resource.getMetadata().getAnnotations()).map(texts -> texts.get(REVISION));
    }

    private static Workload workload(Optional<String> stall, List<Pod> pods, Predicate<Pod> isNewest) {
        Map<Boolean, Set<String>> uids = pods.stream()
                .collect(partitioningBy(
                        isNewest, mapping(pod -> pod.getMetadata().getUid(), toSet())));
        return new Workload(stall, uids.getOrDefault(true, Set.of()), uids.getOrDefault(false, Set.of()));
    }
}
