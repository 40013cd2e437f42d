package dev.holdfast.operator.manifests;

import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.Storage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The independent masters of a node set: each a StatefulSet of one, so that each lives and is changed by itself. */
public final class RedisNodeManifests {

    private final RedisNodeSetSpec spec;
    private final NodeSetNames names;
    private final RedisPod pod;

    /** @param secrets what nodes load when they start */
    public RedisNodeManifests(RedisNodeSet set, NodeSecrets secrets) {
        this.spec = set.getSpec();
        this.names = NodeSetNames.of(set);
        this.pod = new RedisPod(spec, names, secrets);
    }

    /** How nodes run. */
    public ConfigMap configuration() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(names.configuration())
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .addToData(RedisConfiguration.FILE, pod.configuration())
                .build();
    }

    /** Whether a node's present template is of just this configuration and these secrets. */
    public boolean hasLoaded(StatefulSet node) {
        Map<String, String> annotations =
                node.getSpec().getTemplate().getMetadata().getAnnotations();
        return annotations != null && pod.loaded().equals(annotations.get(RedisPod.LOADED));
    }

    public List<Service> services() {
        return IntStream.range(0, spec.nodes()).mapToObj(this::service).toList();
    }

    public List<StatefulSet> statefulSets() {
        return IntStream.range(0, spec.nodes()).mapToObj(this::statefulSet).toList();
    }

    /**
     * One node at a time may be taken away on purpose, and none while another has no vote: that a pod is ready tells nothing of
     * that. What does not work may always go.
     *
     * @param mayGo whether one may now
     */
    public PodDisruptionBudget budget(boolean mayGo) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(names.all())
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(mayGo ? 1 : 0))
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(Labels.ofNodeSet(names.set()))
                .endSelector()
                .endSpec()
                .build();
    }

    /**
     * Injected pods reach nodes, and the operator does; nodes reach nobody.
     *
     * @param operatorNamespace where the operator runs
     */
    public NetworkPolicy networkPolicy(String operatorNamespace) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName(names.all())
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Labels.ofNodeSet(names.set()))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .addNewFrom()
                .withNewPodSelector()
                .addToMatchLabels(PodContract.INJECT_LABEL, "true")
                .endPodSelector()
                .endFrom()
                .addNewFrom()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", operatorNamespace)
                .endNamespaceSelector()
                .withNewPodSelector()
                .withMatchLabels(Labels.OPERATOR)
                .endPodSelector()
                .endFrom()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(NodeSetNames.PORT))
                .endPort()
                .endIngress()
                .endSpec()
                .build();
    }

    /** Headless, and also while the node is not ready: sidecars tell for themselves whether it serves. */
    private Service service(int slot) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(names.node(slot))
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNode(names.set(), slot))
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(Labels.ofNode(names.set(), slot))
                .addNewPort()
                .withName("redis")
                .withPort(NodeSetNames.PORT)
                .withTargetPort(new IntOrString("redis"))
                .withProtocol("TCP")
                .endPort()
                .endSpec()
                .build();
    }

    private StatefulSet statefulSet(int slot) {
        Map<String, String> labels = Labels.ofNode(names.set(), slot);
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName(names.node(slot))
                .withNamespace(names.namespace())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withServiceName(names.node(slot))
                // Another set of that name is another set: it could do nothing with this one's data.
                .withNewPersistentVolumeClaimRetentionPolicy()
                .withWhenDeleted("Delete")
                .withWhenScaled("Retain")
                .endPersistentVolumeClaimRetentionPolicy()
                // A template that changes for all nodes must not take all of them away at once.
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withTemplate(pod.template(labels))
                .withVolumeClaimTemplates(claims())
                .endSpec()
                .build();
    }

    private List<PersistentVolumeClaim> claims() {
        Storage storage = spec.storage();
        if (storage == null) {
            return List.of();
        }
        return List.of(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(storage.storageClassName())
                .withNewResources()
                .addToRequests("storage", Quantities.of("storage.size", storage.size()))
                .endResources()
                .endSpec()
                .build());
    }
}
