package dev.holdfast.operator;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;

/** Pods of a namespace with their sidecars: the part that kubelet and sidecars play. */
record TestPods(KubernetesClient client, String namespace) {

    private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    /** One that runs, its sidecar as well, and takes part in the locks that are named, separated by commas. */
    void create(String name, String address, String locks) {
        create(
                new PodBuilder()
                        .withNewMetadata()
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build(),
                name,
                address,
                locks);
    }

    private void create(Pod from, String name, String address, String locks) {
        Pod pod = new PodBuilder(from)
                .editMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(PodContract.INJECT_LABEL, "true")
                .addToAnnotations(PodContract.LOCKS_ANNOTATION, locks)
                .endMetadata()
                .editSpec()
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

    /** One with the lock's readiness gate; {@link #create(String, String, String)}. */
    void createGated(String name, String address, String lock) {
        create(
                new PodBuilder()
                        .withNewMetadata()
                        .endMetadata()
                        .withNewSpec()
                        .addNewReadinessGate(PodContract.conditionType(lock))
                        .endSpec()
                        .build(),
                name,
                address,
                lock);
    }

    /** One of a workload's, with these labels besides; {@link #create(String, String, String)}. */
    void create(String name, String address, String locks, HasMetadata owner, Map<String, String> labels) {
        create(name, address, locks);
        client.pods()
                .inNamespace(namespace)
                .withName(name)
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToLabels(labels)
                        .addToOwnerReferences(TestWorkloads.controlledBy(owner))
                        .endMetadata()
                        .build());
    }

    /** As the webhook notes which node set each lock was on. */
    void noteNodeSets(String pod, String sets) {
        annotate(pod, PodContract.NODE_SETS_ANNOTATION, sets);
    }

    /** Its sidecar would take the lock. */
    void campaign(String pod, String lock) {
        patchStatus(pod, PatchType.STRATEGIC_MERGE, """
                {"status":{"conditions":[{"type":"%s","status":"False","reason":"Campaigning","message":"follows",\
                "lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""".formatted(PodContract.conditionType(lock)));
    }

    /** All its containers are ready, or not. */
    void setReady(String pod, boolean ready) {
        patchStatus(pod, PatchType.STRATEGIC_MERGE, """
                {"status":{"conditions":[{"type":"ContainersReady","status":"%s"}]}}""".formatted(ready ? "True" : "False"));
    }

    /** The annotation that asks it to hand over; empty without. */
    String asked(String pod, String lock) {
        return annotation(pod, PodContract.resignAnnotation(lock));
    }

    /** What a ReplicaSet goes by when it is scaled down; empty without. */
    String deletionCost(String pod) {
        return annotation(pod, DELETION_COST);
    }

    void setDeletionCost(String pod, String cost) {
        annotate(pod, DELETION_COST, cost);
    }

    private void annotate(String pod, String name, String value) {
        client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .edit(found -> new PodBuilder(found)
                        .editMetadata()
                        .addToAnnotations(name, value)
                        .endMetadata()
                        .build());
    }

    private String annotation(String pod, String name) {
        return client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .get()
                .getMetadata()
                .getAnnotations()
                .getOrDefault(name, "");
    }

    /** Its sidecar says so, as sidecars do: whatever else changes on the pod meanwhile. */
    void hold(String pod, String lock, long token) {
        patchStatus(pod, PatchType.STRATEGIC_MERGE, """
                {"status":{"conditions":[{"type":"%s","status":"True","reason":"Held","message":"holds %s with fencing token\
                 %d","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""".formatted(PodContract.conditionType(lock), lock, token));
    }

    /** The kubelet says that the sidecar is gone. */
    void killSidecar(String pod) {
        patchStatus(pod, PatchType.JSON_MERGE, """
                {"status":{"initContainerStatuses":[{"name":"%s","image":"sidecar","imageID":"","ready":false,"restartCount":0,\
                "state":{"terminated":{"exitCode":137,"finishedAt":"2026-01-01T00:00:05Z"}}}]}}""".formatted(PodContract.SIDECAR));
    }

    /** The kubelet has not said yet that the sidecar runs. */
    void hideSidecar(String pod) {
        patchStatus(pod, PatchType.JSON_MERGE, "{\"status\":{\"initContainerStatuses\":[]}}");
    }

    private void patchStatus(String pod, PatchType type, String patch) {
        client.pods().inNamespace(namespace).withName(pod).subresource("status").patch(PatchContext.of(type), patch);
    }

    void delete(String pod) {
        client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    }

    PodCondition condition(String pod, String lock) {
        return conditionOfType(pod, PodContract.conditionType(lock));
    }

    PodCondition conditionOfType(String pod, String type) {
        return client.pods().inNamespace(namespace).withName(pod).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
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
