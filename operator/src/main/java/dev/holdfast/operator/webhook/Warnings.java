package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What the creator of a pod should know, each in one line that clients show whole. */
final class Warnings {

    private Warnings() {}

    static List<String> about(Pod pod, List<WantedLock> locks) {
        List<String> warnings = new ArrayList<>();
        for (WantedLock lock : locks) {
            if (lock.readinessGate() && isOwnedBy(pod, "ReplicaSet")) {
                warnings.add(
                        "lock " + lock.name() + " has readinessGate Holder: a Deployment with default surge settings"
                                + " does not finish its rollout; set maxUnavailable to one less than replicas or 100%, strategy Recreate, or use"
                                + " exposure.service");
            }
            if (lock.readinessGate() && isOwnedBy(pod, "StatefulSet")) {
                warnings.add(
                        "lock " + lock.name() + " has readinessGate Holder: a StatefulSet starts no second pod while"
                                + " the first is not Ready; set podManagementPolicy Parallel and updateStrategy OnDelete, or use exposure.service");
            }
        }
        Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                .filter(container -> !PodContract.SIDECAR.equals(container.getName()))
                .flatMap(container -> container.getPorts().stream()
                        .filter(Warnings::isTaken)
                        .map(port -> "container "
                                + container.getName() + " declares port " + port.getContainerPort()
                                + ", which Holdfast's sidecar listens on in every pod; use another"))
                .forEach(warnings::add);
        return warnings;
    }

    private static boolean isOwnedBy(Pod pod, String kind) {
        return pod.getMetadata().getOwnerReferences().stream().anyMatch(owner -> kind.equals(owner.getKind()));
    }

    private static boolean isTaken(ContainerPort port) {
        return List.of(SidecarContract.API_PORT, SidecarContract.HEALTH_PORT)
                .contains(Objects.requireNonNullElse(port.getContainerPort(), 0));
    }
}
