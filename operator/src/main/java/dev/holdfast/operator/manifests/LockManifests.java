package dev.holdfast.operator.manifests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.DistributedLockSpec.HolderService;
import dev.holdfast.crds.LockFile;
import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.IntStream;

/** What a lock brings into its namespace. */
public final class LockManifests {

    /** What a sidecar may do, bound to the service accounts of a lock's pods. */
    public static final String SIDECAR_ROLE = "holdfast-sidecar";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DistributedLock lock;
    private final DistributedLockSpec spec;
    private final String name;
    private final String namespace;

    public LockManifests(DistributedLock lock) {
        this.lock = lock;
        this.spec = lock.getSpec();
        this.name = lock.getMetadata().getName();
        this.namespace = lock.getMetadata().getNamespace();
    }

    /** The key in a lock's ConfigMap. */
    public static String file(String lock) {
        return lock + ".json";
    }

    /** What sidecars are told, as one file. */
    public ConfigMap configuration(RedisNodeSet nodeSet) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(PodContract.configMap(name))
                .withNamespace(namespace)
                .withLabels(Labels.ofLock(name))
                .endMetadata()
                .addToData(file(name), text(nodeSet))
                .build();
    }

    private String text(RedisNodeSet nodeSet) {
        RedisNodeSetSpec set = nodeSet.getSpec();
        LockFile.Nodes nodes = new LockFile.Nodes(
                nodeSet.getMetadata().getName(),
                nodeSet.getMetadata().getUid(),
                set.maxLeaseDuration(),
                set.storage() != null,
                usesTls(nodeSet),
                addresses(nodeSet));
        try {
            return JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(LockFile.of(JSON, name, namespace, spec, nodes));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a set's nodes speak TLS. */
    public static boolean usesTls(RedisNodeSet nodeSet) {
        External external = nodeSet.getSpec().external();
        return (external == null ? nodeSet.getSpec().tls() : external.tls()) == Tls.On;
    }

    /** Where a set's nodes are reached, slot by slot. */
    public static List<String> addresses(RedisNodeSet nodeSet) {
        External external = nodeSet.getSpec().external();
        NodeSetNames names = NodeSetNames.of(nodeSet);
        return external == null
                ? IntStream.range(0, nodeSet.getSpec().nodes())
                        .mapToObj(names::address)
                        .toList()
                : external.endpoints();
    }

    /** The Service whose only endpoint is the holder: it has no selector, its EndpointSlice is the operator's. */
    public Optional<Service> service() {
        return asked().map(service -> new ServiceBuilder()
                .withNewMetadata()
                .withName(serviceName(service))
                .withNamespace(namespace)
                .withLabels(Labels.ofLock(name))
                .endMetadata()
                .withNewSpec()
                .withType("ClusterIP")
                .withPorts(service.ports().stream().map(LockManifests::port).toList())
                .endSpec()
                .build());
    }

    Optional<HolderService> asked() {
        return Optional.ofNullable(spec.exposure().service());
    }

    String serviceName(HolderService service) {
        return service.name() == null ? name : service.name();
    }

    private static ServicePort port(DistributedLockSpec.Port port) {
        return new ServicePortBuilder()
                .withName(port.name())
                .withPort(port.port())
                .withTargetPort(port.targetPort() == null ? new IntOrString(port.port()) : port.targetPort())
                .withProtocol("TCP")
                .build();
    }

    /** Lets the sidecars of the lock's pods publish their condition. */
    public Optional<RoleBinding> roleBinding(SortedSet<String> serviceAccounts) {
        if (serviceAccounts.isEmpty()) {
            return Optional.empty();
        }
        List<Subject> subjects = serviceAccounts.stream()
                .map(account -> new Subject(null, "ServiceAccount", account, namespace))
                .toList();
        return Optional.of(new RoleBindingBuilder()
                .withNewMetadata()
                .withName(PodContract.configMap(name))
                .withNamespace(namespace)
                .withLabels(Labels.ofLock(name))
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", SIDECAR_ROLE)
                .withSubjects(subjects)
                .build());
    }

    /** The resource that owns all of it. */
    public DistributedLock lock() {
        return lock;
    }
}
