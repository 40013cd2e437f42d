package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import dev.holdfast.operator.webhook.Injection.Deny;
import dev.holdfast.operator.webhook.Injection.Deny.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Optional;
import java.util.Set;

/** What in a pod leaves no room for the sidecar. */
final class Obstacle {
    private static final String OR_OPT_OUT = ", or remove the label holdfast.dev/inject";

    private Obstacle() {}

    static Optional<Deny> in(PodSpec pod, Set<String> locks) {
        if (Boolean.TRUE.equals(pod.getHostNetwork())) {
            return deny(
                    Reason.HOST_NETWORK,
                    "the pod uses its machine's network (hostNetwork: true), where the sidecar's ports 4040 and 4041"
                            + " would be every such pod's; remove hostNetwork" + OR_OPT_OUT);
        }
        if (pod.getOs() != null && "windows".equals(pod.getOs().getName())) {
            return deny(Reason.NOT_LINUX, "the sidecar runs on Linux only; run the pod there" + OR_OPT_OUT);
        }
        return containers(pod).or(() -> volumes(pod, locks));
    }

    private static Optional<Deny> containers(PodSpec pod) {
        boolean clash = pod.getContainers().stream().anyMatch(Obstacle::hasOurName)
                || pod.getInitContainers().stream()
                        .anyMatch(container -> hasOurName(container) && !SidecarContainer.isOurs(container));
        return clash
                ? deny(
                        Reason.NAME_CLASH,
                        "the pod has a container of its own named \"holdfast\", the name of the sidecar; rename the"
                                + " container" + OR_OPT_OUT)
                : Optional.empty();
    }

    private static Optional<Deny> volumes(PodSpec pod, Set<String> locks) {
        Optional<Volume> taken = pod.getVolumes().stream()
                .filter(volume -> PodContract.SIDECAR.equals(volume.getName()))
                .findFirst();
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        Set<String> others = SidecarVolume.locksIn(taken.get());
        if (others.isEmpty()) {
            return deny(
                    Reason.NAME_CLASH,
                    "the pod has a volume of its own named \"holdfast\", the name of the sidecar's; rename the volume"
                            + OR_OPT_OUT);
        }
        if (!others.equals(locks)) {
            return deny(
                    Reason.OTHER_LOCKS,
                    "the pod is a copy of one that was injected for the locks " + sorted(others)
                            + ", but its annotation holdfast.dev/locks names " + sorted(locks)
                            + "; remove the init container and the volume named \"holdfast\" from the copy");
        }
        return Optional.empty();
    }

    private static boolean hasOurName(Container container) {
        return PodContract.SIDECAR.equals(container.getName());
    }

    private static String sorted(Set<String> names) {
        return String.join(",", names.stream().sorted().toList());
    }

    private static Optional<Deny> deny(Reason reason, String message) {
        return Optional.of(new Deny(reason, message));
    }
}
