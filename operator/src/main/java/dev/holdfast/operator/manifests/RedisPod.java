package dev.holdfast.operator.manifests;

import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.Scheduling;
import dev.holdfast.crds.RedisNodeSetSpec.Spread;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The pod of one node. */
final class RedisPod {

    /** On a pod template: a node reads its files when it starts, so others make another template. */
    static final String LOADED = "holdfast.dev/configuration";

    private static final long USER = 999;

    /** Seconds. */
    private static final int LOOK = 2;
    /** Rarer: a node with TLS logs each connection that ends without a handshake. */
    private static final int TLS_LOOK = 10;

    private static final Map<String, Quantity> REQUESTS =
            Map.of("cpu", new Quantity("50m"), "memory", new Quantity("64Mi"));
    private static final Map<String, Quantity> LIMITS = Map.of("memory", new Quantity("128Mi"));

    private final RedisNodeSetSpec spec;
    private final NodeSetNames names;
    private final NodeSecrets secrets;

    RedisPod(RedisNodeSetSpec spec, NodeSetNames names, NodeSecrets secrets) {
        this.spec = spec;
        this.names = names;
        this.secrets = secrets;
    }

    String configuration() {
        Quantity limit = Quantities.of(LIMITS, spec.resources().limits()).get("memory");
        return RedisConfiguration.text(spec, Objects.requireNonNull(limit));
    }

    String loaded() {
        return Fingerprint.of(configuration() + secrets.fingerprint());
    }

    PodTemplateSpec template(Map<String, String> labels) {
        Scheduling scheduling = spec.scheduling();
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .addToAnnotations(LOADED, loaded())
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withImagePullSecrets(spec.imagePullSecrets().stream()
                        .map(secret -> new LocalObjectReference(secret.name()))
                        .toList())
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
                        .map(RedisPod::toleration)
                        .toList())
                .withTopologySpreadConstraints(spread(scheduling.spread()))
                .withContainers(container())
                .withVolumes(volumes())
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
                        "exec \"$(command -v valkey-server || command -v redis-server)\" " + RedisConfiguration.FOLDER
                                + '/' + RedisConfiguration.FILE)
                .addNewPort()
                .withName("redis")
                .withContainerPort(NodeSetNames.PORT)
                .withProtocol("TCP")
                .endPort()
                .withResources(resources())
                .withStartupProbe(probe(1, 1, 120))
                .withReadinessProbe(probe(spec.tls() == Tls.On ? TLS_LOOK : LOOK, 2, 2))
                .withLivenessProbe(probe(10, 5, 6))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(
                        mount("configuration", RedisConfiguration.FOLDER, true),
                        mount("data", RedisConfiguration.DATA, false))
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
                .withRequests(Quantities.of(REQUESTS, spec.resources().requests()))
                .withLimits(Quantities.of(LIMITS, spec.resources().limits()))
                .build();
    }

    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(new VolumeBuilder()
                .withName("configuration")
                .withNewProjected()
                .withSources(files())
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

    private List<VolumeProjection> files() {
        List<VolumeProjection> files = new ArrayList<>();
        files.add(new VolumeProjectionBuilder()
                .withNewConfigMap()
                .withName(names.configuration())
                .endConfigMap()
                .build());
        files.add(secretFiles(names.accessList(), NodeSecrets.ACCESS_LIST));
        if (secrets.tls().isPresent()) {
            files.add(secretFiles(
                    names.certificates(), NodeSecrets.AUTHORITIES, NodeSecrets.CERTIFICATE, NodeSecrets.KEY));
        }
        return files;
    }

    private static VolumeProjection secretFiles(String secret, String... files) {
        var source = new VolumeProjectionBuilder().withNewSecret().withName(secret);
        for (String file : files) {
            source = source.addNewItem(file, null, file);
        }
        return source.endSecret().build();
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
}
