package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.operator.manifests.Labels;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.util.List;
import java.util.Objects;

/** Replaces a node's pod by one of its present template: by eviction, so that the disruption budget has its say as well. */
final class Replacement {

    /** Of a pod: which template of its StatefulSet it was made from. */
    private static final String REVISION = "controller-revision-hash";

    private final KubernetesClient client;
    private final KubernetesClient onceOnly;
    private final Announcements announcements;

    Replacement(KubernetesClient client, Announcements announcements) {
        this.client = client;
        // An eviction that is refused now must not be asked for again by a client that does not know what became of the
        // others.
        this.onceOnly = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
        this.announcements = announcements;
    }

    /** Whether a pod of the set goes just now: it may answer still, and has no vote in a moment. */
    boolean isUnderWay(RedisNodeSet set) {
        return client
                .pods()
                .inNamespace(set.getMetadata().getNamespace())
                .withLabel(Labels.NODE_SET, set.getMetadata().getName())
                .list()
                .getItems()
                .stream()
                .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() != null);
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
        return onceOnly.pods()
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
