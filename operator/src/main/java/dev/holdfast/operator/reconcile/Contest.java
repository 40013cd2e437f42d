package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who competes for a lock and who holds it, as the conditions of its pods tell. Pure. The sidecars decide; this only shows:
 * of several pods that say they hold, the one with the greatest token came last.
 *
 * @param holder the pod that holds, if one does
 * @param claims pods whose condition says that they hold although they do not: superseded, or their sidecar is gone
 * @param living the lock's pods that are not over
 * @param candidates how many of them campaign
 * @param serviceAccounts of the lock's pods
 */
record Contest(
        Optional<Hold> holder, List<Pod> claims, List<Pod> living, int candidates, SortedSet<String> serviceAccounts) {

    private static final Pattern TOKEN = Pattern.compile("fencing token (\\d{1,16})");

    /**
     * A pod that says it holds, and with which token.
     *
     * @param since null if it does not say; the API server asks nobody for it
     */
    record Hold(Pod pod, long token, @Nullable String since) {}

    static Contest of(String lock, Collection<Pod> pods) {
        List<Hold> holds = pods.stream()
                .flatMap(pod -> hold(lock, pod).stream())
                .sorted(Comparator.comparingLong(Hold::token).reversed())
                .toList();
        List<Pod> living = pods.stream().filter(pod -> !isOver(pod)).toList();
        Optional<Hold> holder = holds.stream().filter(hold -> !isGone(hold)).findFirst();
        return new Contest(
                holder,
                holds.stream()
                        .filter(hold -> !Optional.of(hold).equals(holder))
                        .map(Hold::pod)
                        .toList(),
                living,
                (int) pods.stream().filter(Contest::isCandidate).count(),
                living.stream().map(Contest::serviceAccount).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Whether a sidecar has been started in a pod that was made for this lock on another node set than this one. */
    boolean runsSidecarOfAnother(String lock, RedisNodeSet set) {
        Instant made = Instant.parse(set.getMetadata().getCreationTimestamp());
        return living.stream()
                .filter(Contest::hasRunSidecar)
                .anyMatch(pod ->
                        Instant.parse(pod.getMetadata().getCreationTimestamp()).isBefore(made)
                                || isOnAnother(lock, set.getMetadata().getName(), pod));
    }

    /** By the webhook's note. */
    private static boolean isOnAnother(String lock, String set, Pod pod) {
        return annotation(pod, PodContract.NODE_SETS_ANNOTATION)
                .anyMatch(note -> note.startsWith(lock + '=') && !note.equals(lock + '=' + set));
    }

    /** Its values, which commas separate. */
    private static Stream<String> annotation(Pod pod, String name) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String values = annotations == null ? "" : annotations.getOrDefault(name, "");
        return Arrays.stream(values.split(",", -1)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Whether they are of several revisions or workloads. */
    boolean isOfSeveralTemplates() {
        return living.stream()
                        .map(pod -> List.of(
                                pod.getMetadata().getOwnerReferences().stream()
                                        .map(OwnerReference::getUid)
                                        .toList(),
                                pod.getMetadata().getLabels().getOrDefault("controller-revision-hash", "")))
                        .distinct()
                        .count()
                > 1;
    }

    /** The locks that a pod names; what is wrong with the names, the webhook has said. */
    static Set<String> locksOf(Pod pod) {
        return annotation(pod, PodContract.LOCKS_ANNOTATION).collect(Collectors.toSet());
    }

    private static Optional<Hold> hold(String lock, Pod pod) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(PodContract.conditionType(lock)))
                .filter(condition -> condition.getStatus().equals("True"))
                .findAny()
                .map(condition -> new Hold(pod, token(condition), condition.getLastTransitionTime()));
    }

    private static long token(PodCondition condition) {
        Matcher matcher = TOKEN.matcher(condition.getMessage() == null ? "" : condition.getMessage());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Whether its sidecar says that it would take the lock. */
    static boolean isCampaigning(String lock, Pod pod) {
        return isCandidate(pod)
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals(PodContract.conditionType(lock))
                                && "Campaigning".equals(condition.getReason()));
    }

    private static boolean isCandidate(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null && sidecarRuns(pod);
    }

    private static boolean isOver(Pod pod) {
        String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    private static boolean sidecarRuns(Pod pod) {
        return !isOver(pod)
                && pod.getStatus() != null
                && pod.getStatus().getInitContainerStatuses().stream()
                        .filter(container -> container.getName().equals(PodContract.SIDECAR))
                        .map(ContainerStatus::getState)
                        .anyMatch(state -> state != null && state.getRunning() != null);
    }

    /**
     * Whether there is proof that the process which said it holds is no more. A container that is not yet shown as running
     * proves nothing: its sidecar may be quicker than the kubelet. Both times are of the pod's machine.
     */
    private static boolean isGone(Hold hold) {
        if (isOver(hold.pod)) {
            return true;
        }
        return hold.pod.getStatus().getInitContainerStatuses().stream()
                .filter(container -> container.getName().equals(PodContract.SIDECAR))
                .anyMatch(container -> endedSince(hold.since, container.getState())
                        || endedSince(hold.since, container.getLastState())
                        || startedSince(hold.since, container.getState()));
    }

    private static boolean endedSince(@Nullable String time, @Nullable ContainerState state) {
        return state != null
                && state.getTerminated() != null
                && isAfter(state.getTerminated().getFinishedAt(), time);
    }

    private static boolean startedSince(@Nullable String time, @Nullable ContainerState state) {
        return state != null
                && state.getRunning() != null
                && isAfter(state.getRunning().getStartedAt(), time);
    }

    /** Times are whole seconds, so within one nothing is proved, nor without one; a restarted sidecar soon says for itself. */
    private static boolean isAfter(@Nullable String time, @Nullable String other) {
        return time != null && other != null && Instant.parse(time).isAfter(Instant.parse(other));
    }

    private static boolean hasRunSidecar(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getInitContainerStatuses().stream()
                        .filter(container -> container.getName().equals(PodContract.SIDECAR))
                        .anyMatch(container -> container.getContainerID() != null
                                || (container.getState() != null
                                        && container.getState().getRunning() != null));
    }

    private static String serviceAccount(Pod pod) {
        String name = pod.getSpec().getServiceAccountName();
        return name == null || name.isEmpty() ? "default" : name;
    }
}
