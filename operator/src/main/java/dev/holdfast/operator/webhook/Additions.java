package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a pod lacks of what it is to have, as a JSON patch; nothing for a pod that lacks nothing. */
final class Additions {
    private final PodSpec pod;
    private final List<Addition> patch = new ArrayList<>();

    private Additions(PodSpec pod) {
        this.pod = pod;
    }

    /** @param pod names its locks by an annotation */
    static List<Addition> to(Pod pod, Container sidecar, Volume volume, List<WantedLock> locks) {
        PodSpec spec = pod.getSpec();
        Additions additions = new Additions(spec);
        additions.note(pod.getMetadata().getAnnotations(), locks);
        additions.url("containers", spec.getContainers());
        // Before the sidecar takes the first place and moves these by one.
        additions.url("initContainers", spec.getInitContainers());
        additions.sidecar(sidecar);
        additions.volume(volume);
        additions.readinessGates(locks);
        return List.copyOf(additions.patch);
    }

    /** Of this pod alone: one that came with it, as in a copy of another pod, is replaced. */
    private void note(Map<String, String> annotations, List<WantedLock> locks) {
        String sets =
                locks.stream().map(lock -> lock.name() + '=' + lock.nodeSet()).collect(Collectors.joining(","));
        if (!sets.equals(annotations.get(PodContract.NODE_SETS_ANNOTATION))) {
            patch.add(new Addition("/metadata/annotations/holdfast.dev~1node-sets", sets));
        }
    }

    private void url(String list, List<Container> containers) {
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            List<EnvVar> environment = container.getEnv();
            boolean told =
                    environment.stream().anyMatch(variable -> SidecarContract.URL_VARIABLE.equals(variable.getName()));
            if (!told && !PodContract.SIDECAR.equals(container.getName())) {
                EnvVar url = new EnvVarBuilder()
                        .withName(SidecarContract.URL_VARIABLE)
                        .withValue(SidecarContract.URL)
                        .build();
                append("/spec/" + list + "/" + i + "/env", environment, List.of(url));
            }
        }
    }

    private void sidecar(Container sidecar) {
        List<Container> present = pod.getInitContainers();
        if (present.isEmpty()) {
            patch.add(new Addition("/spec/initContainers", List.of(sidecar)));
        } else if (present.stream().noneMatch(container -> PodContract.SIDECAR.equals(container.getName()))) {
            patch.add(new Addition("/spec/initContainers/0", sidecar));
        }
    }

    private void volume(Volume volume) {
        List<Volume> present = pod.getVolumes();
        if (present.stream().noneMatch(other -> PodContract.SIDECAR.equals(other.getName()))) {
            append("/spec/volumes", present, List.of(volume));
        }
    }

    private void readinessGates(List<WantedLock> locks) {
        List<PodReadinessGate> present = pod.getReadinessGates();
        List<PodReadinessGate> missing = locks.stream()
                .filter(WantedLock::readinessGate)
                .map(lock -> new PodReadinessGate(lock.conditionType()))
                .filter(gate -> !present.contains(gate))
                .toList();
        append("/spec/readinessGates", present, missing);
    }

    /** An empty list is absent from the pod's JSON, so there is nothing to append to. */
    private void append(String path, List<?> present, List<?> missing) {
        if (present.isEmpty() && !missing.isEmpty()) {
            patch.add(new Addition(path, missing));
        } else {
            missing.forEach(value -> patch.add(new Addition(path + "/-", value)));
        }
    }
}
