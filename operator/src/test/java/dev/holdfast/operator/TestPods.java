package dev.holdfast.operator;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** Pods of a namespace with their sidecars: the part that kubelet and sidecars play. */
record TestPods(KubernetesClient client, String namespace) {

    /** One that runs, its sidecar as well, and takes part in the locks that are named, separated by commas. */
    void create(String name, String address, String locks) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(PodContract.INJECT_LABEL, "true")
                .addToAnnotations(PodContract.LOCKS_ANNOTATION, locks)
                .endMetadata()
                .withNewSpec()
                .addNewInitContainer()
                .withName(PodContract.SIDECAR)
                .withImage("sidecar")
                .withRestartPolicy("Always")
                .endInitContainer()
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .endContainer()
                .endSpec()
                .build();
        Pod created = client.resource(pod).create();
        created.setStatus(new PodStatusBuilder()
                .withPhase("Running")
                .withPodIP(address)
                .addNewPodIP(address)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .withInitContainerStatuses(new ContainerStatusBuilder()
                        .withName(PodContract.SIDECAR)
                        .withImage("sidecar")
                        .withImageID("")
                        .withReady(true)
                        .withRestartCount(0)
                        .withState(new ContainerStateBuilder()
                                .withNewRunning()
                                .endRunning()
                                .build())
                        .build())
                .build());
        client.resource(created).updateStatus();
    }

    /** Its sidecar says so. */
    void hold(String pod, String lock, long token) {
        String type = PodContract.conditionType(lock);
        client.pods().inNamespace(namespace).withName(pod).editStatus(it -> {
            it.getStatus()
                    .getConditions()
                    .removeIf(condition -> condition.getType().equals(type));
            it.getStatus()
                    .getConditions()
                    .add(new PodConditionBuilder()
                            .withType(type)
                            .withStatus("True")
                            .withReason("Held")
                            .withMessage("holds " + lock + " with fencing token " + token)
                            .withLastTransitionTime("2026-01-01T00:00:00Z")
                            .build());
            return it;
        });
    }

    /** The kubelet says that the sidecar is gone. */
    void killSidecar(String pod) {
        client.pods().inNamespace(namespace).withName(pod).editStatus(it -> {
            it.getStatus()
                    .getInitContainerStatuses()
                    .getFirst()
                    .setState(new ContainerStateBuilder()
                            .withNewTerminated()
                            .withExitCode(137)
                            .withFinishedAt("2026-01-01T00:00:05Z")
                            .endTerminated()
                            .build());
            return it;
        });
    }

    /** The kubelet has not said yet that the sidecar runs. */
    void hideSidecar(String pod) {
        client.pods().inNamespace(namespace).withName(pod).editStatus(it -> {
            it.getStatus().setInitContainerStatuses(List.of());
            return it;
        });
    }

    void delete(String pod) {
        client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    }

    PodCondition condition(String pod, String lock) {
        return client.pods().inNamespace(namespace).withName(pod).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(PodContract.conditionType(lock)))
                .findAny()
                .orElseThrow();
    }

    /** The pods with the holder's label. */
    List<String> labelled(String lock) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel(PodContract.holderLabel(lock), "true")
                .list()
                .getItems()
                .stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }
}
