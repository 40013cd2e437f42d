package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Map;

/** The node set of locks that name none. It is made once in a namespace; whoever wants another one changes it or applies one before. */
final class DefaultNodeSet {

    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final Announcements announcements;
    private final Map<String, Object> spec;

    /** @param spec what it has beside the definition's defaults; the API server judges it */
    DefaultNodeSet(KubernetesClient client, Announcements announcements, Map<String, Object> spec) {
        this.client = client;
        this.announcements = announcements;
        this.spec = spec;
    }

    /**
     * Makes it in the lock's namespace; does nothing if it is there.
     *
     * @throws KubernetesClientException if the API server does not have it
     */
    void make(DistributedLock lock) {
        var set = new GenericKubernetesResourceBuilder()
                .withApiVersion(DistributedLock.API_VERSION)
                .withKind("RedisNodeSet")
                .withNewMetadata()
                .withName(DistributedLockSpec.DEFAULT_NODE_SET)
                .withNamespace(lock.getMetadata().getNamespace())
                .endMetadata();
        if (!spec.isEmpty()) {
            set.addToAdditionalProperties("spec", spec);
        }
        try {
            GenericKubernetesResource made = client.genericKubernetesResources(
                            ResourceDefinitionContext.fromResourceType(RedisNodeSet.class))
                    .resource(set.build())
                    .create();
            announcements.normal(
                    made, "Created", "", "made for lock " + lock.getMetadata().getName());
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
            // Another lock's turn made it.
        }
    }
}
