package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.PodContract;
import dev.holdfast.operator.reconcile.Contest.Hold;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A holder of an old template, and the pod of the newest that is to take the lock from it, so that a rollout goes on which
 * waits for a Ready pod of the newest. Pure.
 *
 * @param text what the holder's annotation says: the token that is to be given up, and the pod that is to have the lock
 */
record Succession(Hold holder, Pod successor, String text) {

    static Optional<Succession> of(String lock, Contest contest, List<Workload> workloads) {
        return contest.holder()
                .filter(hold -> hold.pod().getMetadata().getDeletionTimestamp() == null)
                .flatMap(hold -> workloads.stream()
                        .filter(workload -> workload.isOlder(hold.pod()))
                        .flatMap(workload -> contest.living().stream()
                                .filter(workload::isNewest)
                                .filter(pod -> Contest.isCampaigning(lock, pod) && isReadyButForGates(pod))
                                .filter(pod -> !wasNamed(lock, pod, hold, contest.living())))
                        .min(Comparator.comparing(pod -> pod.getMetadata().getName()))
                        .map(pod -> new Succession(
                                hold,
                                pod,
                                hold.token() + " " + pod.getMetadata().getName())));
    }

    /** An application that starts only when the lock is held cannot be ready before. */
    private static boolean isReadyButForGates(Pod pod) {
        return "WhenHeld".equals(annotation(pod, PodContract.START_ANNOTATION))
                || pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("ContainersReady")
                                && condition.getStatus().equals("True"));
    }

    /** One that an earlier holder named in vain is not named again, or two pods of the old template would go on in turns. */
    private static boolean wasNamed(String lock, Pod candidate, Hold now, Collection<Pod> pods) {
        String name = ' ' + candidate.getMetadata().getName();
        return pods.stream()
                .map(pod -> annotation(pod, PodContract.resignAnnotation(lock)))
                .anyMatch(text -> text.endsWith(name) && !text.equals(now.token() + name));
    }

    private static String annotation(Pod pod, String name) {
        return pod.getMetadata().getAnnotations() == null
                ? ""
                : Objects.requireNonNullElse(pod.getMetadata().getAnnotations().get(name), "");
    }

    boolean isAsked(String lock) {
        return annotation(holder.pod(), PodContract.resignAnnotation(lock)).equals(text);
    }
}
