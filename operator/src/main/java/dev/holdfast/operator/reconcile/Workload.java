package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import java.util.Set;

/**
 * A Deployment or StatefulSet with pods that take part in a lock.
 *
 * @param stall what keeps a rollout from completing while only one pod is Ready, and what to change
 * @param newest the uids of the pods of its newest template
 * @param older the uids of the others
 */
record Workload(Optional<String> stall, Set<String> newest, Set<String> older) {

    boolean isOlder(Pod pod) {
        return older.contains(pod.getMetadata().getUid());
    }

    boolean isNewest(Pod pod) {
        return newest.contains(pod.getMetadata().getUid());
    }
}
