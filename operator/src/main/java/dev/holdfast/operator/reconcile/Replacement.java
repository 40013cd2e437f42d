package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;

/** Replaces a node's pod by one of its present template: by eviction, so that the disruption budget has its say as well. */
final class Replacement {

    /** Of a pod: which template of its StatefulSet it was made from. */
    private static final String REVISION = "controller-revision-hash";

    private final KubernetesClient client;
    private final Announcements announcements;

    Replacement(KubernetesClient client, Announcements announcements) {
        this.client = client;
        this.announcements = announcements;
    }

    /** @param before the set's StatefulSets, as they were when it was decided */
    void replace(RedisNodeSet set, String node, List<StatefulSet> before) {
        String namespace = set.getMetadata().getNamespace();
        Pod pod = client.pods().inNamespace(namespace).withName(node + "-0").get();
        if (pod == null || pod.getMetadata().getDeletionTimestamp() != null) {
            return; // It goes already.
        }
        if (isOfPresentTemplate(pod, node, before)) {
            return; // The cache is behind.
        }
        if (evict(pod)) {
            announcements.normal(
                    set,
                    "ReplacingNode",
                    pod.getMetadata().getUid(),
                    node + " is replaced by a pod of the present template");
        }
    }

    private static boolean isOfPresentTemplate(Pod pod, String node, List<StatefulSet> before) {
        return before.stream()
                .filter(known -> known.getMetadata().getName().equals(node))
                .anyMatch(known -> Objects.equals(
                        known.getStatus().getUpdateRevision(),
                        pod.getMetadata().getLabels().get(REVISION)));
    }

    private boolean evict(Pod pod) {
        String name = pod.getMetadata().getName();
        String namespace = pod.getMetadata().getNamespace();
        return client.pods()
                .inNamespace(namespace)
                .withName(name)
                .evict(new EvictionBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withDeleteOptions(new DeleteOptionsBuilder()
                                .withNewPreconditions(null, pod.getMetadata().getUid())
                                .build())
                        .build());
    }
}
