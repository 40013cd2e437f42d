package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec.ReadinessGate;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.stream.Collectors;

/** Takes a lock along in a rollout, so that it completes where only the holder is Ready; and says where it cannot. */
final class Rollouts {

    private final Workloads workloads;
    private final PodMarks marks;
    private final Announcements announcements;

    Rollouts(KubernetesClient client, PodMarks marks, Announcements announcements) {
        this.workloads = new Workloads(client);
        this.marks = marks;
        this.announcements = announcements;
    }

    static boolean concern(DistributedLock lock) {
        return lock.getSpec().exposure().readinessGate() == ReadinessGate.Holder;
    }

    /**
     * Asks a holder of an old template to hand over where there is a pod to hand over to; gives what it found. Behind a
     * Service that is no need, but the lock moves once in a rollout, and while both pods run.
     */
    List<Workload> attend(DistributedLock lock, Contest contest) {
        boolean isShown = lock.getSpec().exposure().service() != null;
        if (!concern(lock) && !(isShown && contest.isOfSeveralTemplates())) {
            return List.of();
        }
        String name = lock.getMetadata().getName();
        List<Workload> found = workloads.of(contest.living());
        Succession.of(name, contest, found)
                .filter(succession -> !succession.isAsked(name) && marks.ask(name, succession))
                .ifPresent(succession -> announcements.normal(
                        lock,
                        "HandOverAsked",
                        Long.toString(succession.holder().token()),
                        succession.holder().pod().getMetadata().getName()
                                + " is of an older template and is asked to hand over" + " to "
                                + succession.successor().getMetadata().getName()));
        return found;
    }

    static void describe(DistributedLock lock, List<Workload> workloads, Conditions conditions) {
        String stalls = workloads.stream()
                .flatMap(workload -> workload.stall().stream())
                .sorted()
                .collect(Collectors.joining("; "));
        if (!concern(lock)) {
            conditions.set("RolloutSafe", true, "AllPodsAreReady", "every pod can be Ready");
        } else if (!stalls.isEmpty()) {
            conditions.set("RolloutSafe", false, "OnlyTheHolderIsReady", stalls);
        } else if (workloads.isEmpty()) {
            conditions.set("RolloutSafe", true, "NoWorkload", "no Deployment or StatefulSet has pods of this lock");
        } else {
            conditions.set("RolloutSafe", true, "OnePodIsEnough", "rollouts need no more Ready pods than the holder");
        }
    }
}
