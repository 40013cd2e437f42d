package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.ArrayList;
import java.util.List;

/** The container that is added: a native sidecar that meets Pod Security {@code restricted}. */
final class SidecarContainer {
    private static final long USER = 65_532;

    private SidecarContainer() {}

    static Container of(InjectionSettings settings, Start start) {
        return new ContainerBuilder()
                .withName(PodContract.SIDECAR)
                .withImage(settings.sidecarImage())
                .withImagePullPolicy(settings.pullPolicy())
                .withRestartPolicy("Always")
                .withEnv(environment(settings, start))
                .addNewPort()
                .withName("holdfast-health")
                .withContainerPort(SidecarContract.HEALTH_PORT)
                .withProtocol("TCP")
                .endPort()
                .withStartupProbe(startupProbe(start))
                .withLivenessProbe(livenessProbe())
                .withResources(settings.resources())
                .withSecurityContext(securityContext())
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .addNewVolumeMount()
                .withName(PodContract.SIDECAR)
                .withMountPath(SidecarContract.MOUNT_PATH)
                .withReadOnly(true)
                .endVolumeMount()
                .build();
    }

    /** Whether a container of that name is the one added here, by whichever version. */
    static boolean isOurs(Container container) {
        return "Always".equals(container.getRestartPolicy())
                && container.getVolumeMounts().stream()
                        .anyMatch(mount -> mount.getName().equals(PodContract.SIDECAR)
                                && SidecarContract.MOUNT_PATH.equals(mount.getMountPath()));
    }

    private static List<EnvVar> environment(InjectionSettings settings, Start start) {
        List<EnvVar> environment = new ArrayList<>(List.of(
                podField("HOLDFAST_POD", "metadata.name"),
                podField("HOLDFAST_NAMESPACE", "metadata.namespace"),
                podField("HOLDFAST_POD_UID", "metadata.uid"),
                // Told, not left to defaults: a Service named holdfast would set HOLDFAST_PORT otherwise.
                new EnvVar("HOLDFAST_PORT", Integer.toString(SidecarContract.API_PORT), null),
                new EnvVar("HOLDFAST_HEALTH_PORT", Integer.toString(SidecarContract.HEALTH_PORT), null),
                new EnvVar(SidecarContract.START_VARIABLE, start.word(), null)));
        if (!settings.logLevel().isEmpty()) {
            environment.add(new EnvVar("HOLDFAST_LOG_LEVEL", settings.logLevel(), null));
        }
        return environment;
    }

    private static EnvVar podField(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef("v1", path)
                .endValueFrom()
                .build();
    }

    /** The application's containers start when this passes. */
    private static Probe startupProbe(Start start) {
        boolean waits = start == Start.WHEN_HELD;
        return new ProbeBuilder()
                .withNewHttpGet()
                // Answered the moment that the lock is held, or after 25 s.
                .withPath(waits ? "/startupz?wait" : "/startupz")
                .withNewPort(SidecarContract.HEALTH_PORT)
                .endHttpGet()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(waits ? 30 : 1)
                // Whoever waits for a lock may wait for days; a restart would not help.
                .withFailureThreshold(waits ? Integer.MAX_VALUE : 60)
                .build();
    }

    private static Probe livenessProbe() {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath("/livez")
                .withNewPort(SidecarContract.HEALTH_PORT)
                .endHttpGet()
                .withPeriodSeconds(10)
                .withTimeoutSeconds(3)
                .withFailureThreshold(3)
                .build();
    }

    private static SecurityContext securityContext() {
        return new SecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }
}
