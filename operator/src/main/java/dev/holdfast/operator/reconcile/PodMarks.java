package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the operator writes on pods: the holder's label, the request to hand over, and the end of a condition whose sidecar cannot end it any more. */
final class PodMarks {

    private static final int GONE = 404;
    private static final int CHANGED = 409;
    private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final String HOLDERS_COST = "1000";
    private static final String CONDITION =
            "{\"type\":\"%s\",\"status\":\"False\",\"reason\":\"%s\",\"message\":\"%s\",\"lastTransitionTime\":\"%s\"}";
    private static final String ANNOTATION = ",\"annotations\":{\"%s\":%s}";

    private final Logger log = LoggerFactory.getLogger(PodMarks.class);
    private final KubernetesClient client;
    private final Clock wallClock;

    PodMarks(KubernetesClient client, Clock wallClock) {
        this.client = client;
        this.wallClock = wallClock;
    }

    /** The label is on the holder and on nobody else. */
    void label(String lock, Collection<Pod> pods, Optional<Pod> holder) {
        String label = PodContract.holderLabel(lock);
        for (Pod pod : pods) {
            boolean has = pod.getMetadata().getLabels() != null
                    && pod.getMetadata().getLabels().containsKey(label);
            boolean should = holder.filter(it ->
                            it.getMetadata().getUid().equals(pod.getMetadata().getUid()))
                    .isPresent();
            if (has != should) {
                patch(
                        pod,
                        resource -> resource.patch(PatchContext.of(PatchType.JSON_MERGE), """
                                {"metadata":{"uid":"%s","labels":{"%s":%s}%s}}""".formatted(
                                        pod.getMetadata().getUid(),
                                        label,
                                        should ? "\"true\"" : "null",
                                        deletionCost(pod, label, should))));
            }
        }
    }

    /** A ReplicaSet that is scaled down takes the holder last; what somebody else said about that stays. */
    private static String deletionCost(Pod pod, String label, boolean holds) {
        String cost = pod.getMetadata().getAnnotations() == null
                ? null
                : pod.getMetadata().getAnnotations().get(DELETION_COST);
        boolean holdsAnother = pod.getMetadata().getLabels() != null
                && pod.getMetadata().getLabels().keySet().stream()
                        .anyMatch(other -> other.startsWith(PodContract.HOLDER_LABEL_PREFIX) && !other.equals(label));
        if (holds && cost == null) {
            return ANNOTATION.formatted(DELETION_COST, '"' + HOLDERS_COST + '"');
        }
        return !holds && !holdsAnother && HOLDERS_COST.equals(cost) ? ANNOTATION.formatted(DELETION_COST, "null") : "";
    }

    /** Whether the holder could be asked to hand over; its sidecar reads the annotation. */
    boolean ask(String lock, Succession succession) {
        Pod holder = succession.holder().pod();
        return patch(
                holder,
                resource -> resource.patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"metadata":{"uid":"%s","annotations":{"%s":"%s"}}}""".formatted(
                                holder.getMetadata().getUid(), PodContract.resignAnnotation(lock), succession.text())));
    }

    /**
     * A pod that says it holds although it does not; nothing is written if it has changed since it was looked at. With the
     * readiness gate it cannot be Ready either: its kubelet says so, but that of a dead machine says nothing for a minute.
     */
    void withdraw(String lock, Pod pod) {
        String now = wallClock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String patch = """
                {"metadata":{"uid":"%s","resourceVersion":"%s"},"status":{"conditions":[%s%s]}}""".formatted(
                pod.getMetadata().getUid(),
                pod.getMetadata().getResourceVersion(),
                CONDITION.formatted(
                        PodContract.conditionType(lock),
                        "Superseded",
                        "its sidecar is gone, or a later token is held",
                        now),
                isGated(lock, pod)
                        ? ',' + CONDITION.formatted("Ready", "ReadinessGatesNotReady", "it does not hold " + lock, now)
                        : "");
        boolean written = patch(
                pod,
                resource -> resource.subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch));
        if (written) {
            log.atInfo()
                    .addKeyValue("lock", lock)
                    .addKeyValue("namespace", pod.getMetadata().getNamespace())
                    .addKeyValue("pod", pod.getMetadata().getName())
                    .log("condition of a vanished or superseded holder withdrawn");
        }
    }

    private static boolean isGated(String lock, Pod pod) {
        return pod.getSpec().getReadinessGates().stream()
                .anyMatch(gate -> PodContract.conditionType(lock).equals(gate.getConditionType()));
    }

    /** Whether it was written: not if the pod is gone, another has its name, or it changed meanwhile. */
    private boolean patch(Pod pod, Consumer<PodResource> patch) {
        try {
            patch.accept(client.pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName()));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != GONE && e.getCode() != CHANGED) {
                throw e;
            }
            return false;
        }
    }
}
