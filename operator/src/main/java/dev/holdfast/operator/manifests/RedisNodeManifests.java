package dev.holdfast.operator.manifests;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.Scheduling;
import dev.holdfast.crds.RedisNodeSetSpec.Spread;
import dev.holdfast.crds.RedisNodeSetSpec.Storage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The independent masters of a node set: each a StatefulSet of one, so that each lives and is changed by itself. */
public final class RedisNodeManifests {

    private static final long USER = 999;
    private static final String CONFIGURATION = "/etc/holdfast-redis";
    private static final String DATA = "/data";
    private static final String CONFIGURATION_HASH = "holdfast.dev/configuration";

    private static final Map<String, Quantity> REQUESTS =
            Map.of("cpu", new Quantity("50m"), "memory", new Quantity("64Mi"));
    private static final Map<String, Quantity> LIMITS = Map.of("memory", new Quantity("128Mi"));

    private final RedisNodeSet set;
    private final RedisNodeSetSpec spec;
    private final NodeSetNames names;

    public RedisNodeManifests(RedisNodeSet set) {
        this.set = set;
        this.spec = set.getSpec();
        this.names = NodeSetNames.of(set);
    }

    /** How nodes run. Locks are never evicted: a full node refuses instead. */
    public ConfigMap configuration() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(names.configuration())
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .addToData("redis.conf", configurationText())
                .build();
    }

    private String configurationText() {
        boolean durable = spec.storage() != null;
        return String.join(
                "\n",
                "bind * -::*",
                "port " + NodeSetNames.PORT,
                "protected-mode no",
                "dir " + DATA,
                "save \"\"",
                "appendonly " + (durable ? "yes" : "no"),
                "appendfsync always",
                "maxmemory " + maxMemory(),
                "maxmemory-policy noeviction",
                "aclfile " + CONFIGURATION + "/users.acl",
                "");
    }

    /** In bytes: a quarter of what the container may have is for what Redis does not count. */
    private String maxMemory() {
        Quantity limit = quantities(LIMITS, spec.resources().limits()).get("memory");
        BigDecimal bytes = Quantity.getAmountInBytes(limit == null ? new Quantity("128Mi") : limit);
        return bytes.multiply(BigDecimal.valueOf(3))
                .divideToIntegralValue(BigDecimal.valueOf(4))
                .toBigInteger()
                .toString();
    }

    public List<Service> services() {
        return IntStream.range(0, spec.nodes()).mapToObj(this::service).toList();
    }

    public List<StatefulSet> statefulSets() {
        return IntStream.range(0, spec.nodes()).mapToObj(this::statefulSet).toList();
    }

    /** One node at a time may be taken away on purpose. */
    public PodDisruptionBudget budget() {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(names.budget())
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Labels.ofNodeSet(names.set()))
                .endSelector()
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
        Scheduling scheduling = spec.scheduling();
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName(names.node(slot))
                .withNamespace(names.namespace())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withServiceName(names.node(slot))
                // A template that changes for all nodes must not take all of them away at once.
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                // Redis reads its configuration when it starts: another one makes another template.
                .addToAnnotations(CONFIGURATION_HASH, Fingerprint.of(configurationText()))
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(5L)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withNodeSelector(scheduling.nodeSelector().isEmpty() ? null : scheduling.nodeSelector())
                .withTolerations(scheduling.tolerations().stream()
                        .map(RedisNodeManifests::toleration)
                        .toList())
                .withTopologySpreadConstraints(spread(scheduling.spread()))
                .withContainers(container())
                .withVolumes(volumes())
                .endSpec()
                .endTemplate()
                .withVolumeClaimTemplates(claims())
                .endSpec()
                .build();
    }

    private Container container() {
        return new ContainerBuilder()
                .withName("redis")
                .withImage(spec.image())
                .withImagePullPolicy("IfNotPresent")
                // Images of Redis and of Valkey name their server differently.
                .withCommand(
                        "sh",
                        "-c",
                        "exec \"$(command -v valkey-server || command -v redis-server)\" " + CONFIGURATION
                                + "/redis.conf")
                .addNewPort()
                .withName("redis")
                .withContainerPort(NodeSetNames.PORT)
                .withProtocol("TCP")
                .endPort()
                .withResources(resources())
                .withStartupProbe(probe(1, 1, 120))
                .withReadinessProbe(probe(2, 2, 2))
                .withLivenessProbe(probe(10, 5, 6))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(mount("configuration", CONFIGURATION, true), mount("data", DATA, false))
                .build();
    }

    private static Probe probe(int period, int timeout, int failures) {
        return new ProbeBuilder()
                .withNewTcpSocket()
                .withPort(new IntOrString("redis"))
                .endTcpSocket()
                .withPeriodSeconds(period)
                .withTimeoutSeconds(timeout)
                .withFailureThreshold(failures)
                .build();
    }

    private ResourceRequirements resources() {
        return new ResourceRequirementsBuilder()
                .withRequests(quantities(REQUESTS, spec.resources().requests()))
                .withLimits(quantities(LIMITS, spec.resources().limits()))
                .build();
    }

    private static Map<String, Quantity> quantities(Map<String, Quantity> defaults, Map<String, String> asked) {
        Map<String, Quantity> merged = new HashMap<>(defaults);
        asked.forEach((name, amount) -> merged.put(name, quantity(name, amount)));
        return merged;
    }

    private static Quantity quantity(String name, String amount) {
        try {
            return CanonicalQuantity.of(amount);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + " is \"" + amount + "\", which is no quantity; write one such as 500m or 128Mi", e);
        }
    }

    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(new VolumeBuilder()
                .withName("configuration")
                .withNewProjected()
                .addNewSource()
                .withNewConfigMap()
                .withName(names.configuration())
                .endConfigMap()
                .endSource()
                .addNewSource()
                .withNewSecret()
                .withName(names.accessList())
                .addNewItem("users.acl", null, "users.acl")
                .endSecret()
                .endSource()
                .endProjected()
                .build());
        if (spec.storage() == null) {
            volumes.add(new VolumeBuilder()
                    .withName("data")
                    .withNewEmptyDir()
                    .endEmptyDir()
                    .build());
        }
        return volumes;
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
                .addToRequests("storage", quantity("storage.size", storage.size()))
                .endResources()
                .endSpec()
                .build());
    }

    private List<TopologySpreadConstraint> spread(Spread spread) {
        return List.of(
                constraint("kubernetes.io/hostname", spread == Spread.Required ? "DoNotSchedule" : "ScheduleAnyway"),
                constraint("topology.kubernetes.io/zone", "ScheduleAnyway"));
    }

    private TopologySpreadConstraint constraint(String topology, String otherwise) {
        return new TopologySpreadConstraintBuilder()
                .withMaxSkew(1)
                .withTopologyKey(topology)
                .withWhenUnsatisfiable(otherwise)
                .withNewLabelSelector()
                .withMatchLabels(Labels.ofNodeSet(names.set()))
                .endLabelSelector()
                .build();
    }

    private static Toleration toleration(RedisNodeSetSpec.Toleration toleration) {
        return new TolerationBuilder()
                .withKey(toleration.key())
                .withOperator(toleration.operator())
                .withValue(toleration.value())
                .withEffect(toleration.effect())
                .withTolerationSeconds(
                        toleration.tolerationSeconds() == null
                                ? null
                                : toleration.tolerationSeconds().longValue())
                .build();
    }

    private static VolumeMount mount(String name, String path, boolean readOnly) {
        VolumeMount mount = new VolumeMount();
        mount.setName(name);
        mount.setMountPath(path);
        mount.setReadOnly(readOnly ? true : null);
        return mount;
    }

    /** The resource that owns all of it. */
    public RedisNodeSet set() {
        return set;
    }
}
