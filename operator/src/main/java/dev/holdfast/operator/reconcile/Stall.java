package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a rollout from completing while the holder is the only Ready pod, and what to change. Pure. The chart's
 * policy holdfast-rollout-warnings says the same when a workload is applied; a test compares the two.
 */
final class Stall {

    private static final String INSTEAD = ", or show the holder by exposure.service instead of readinessGate";

    private Stall() {}

    /**
     * A Deployment takes old pods away as long as {@code replicas - maxUnavailable} are available. One is, of which
     * revision the hand-over sees to.
     */
    static Optional<String> of(Deployment deployment) {
        int replicas = Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
        int needed = replicas - maxUnavailable(deployment, replicas);
        if ("Recreate".equals(deployment.getSpec().getStrategy().getType()) || needed <= 1) {
            return Optional.empty();
        }
        return Optional.of(
                "Deployment " + deployment.getMetadata().getName() + ": a rollout waits for " + needed + " of "
                        + replicas
                        + " pods to be Ready, and only the holder is; set strategy.rollingUpdate.maxUnavailable to "
                        + (replicas - 1) + " or 100%, or strategy.type to Recreate" + INSTEAD);
    }

    /** As the Deployment controller resolves it: it can always take one away, or add one. */
    private static int maxUnavailable(Deployment deployment, int replicas) {
        RollingUpdateDeployment settings = deployment.getSpec().getStrategy().getRollingUpdate();
        int unavailable =
                settings == null ? replicas / 4 : pods(settings.getMaxUnavailable(), replicas, replicas / 4, 0);
        int surge = settings == null ? 1 : pods(settings.getMaxSurge(), replicas, 1, 99);
        return unavailable == 0 && surge == 0 ? 1 : unavailable;
    }

    /** A StatefulSet takes one pod after the other, from the highest ordinal on, and waits for each to be Ready. */
    static Optional<String> of(StatefulSet set) {
        int replicas = Objects.requireNonNullElse(set.getSpec().getReplicas(), 1);
        String name = "StatefulSet " + set.getMetadata().getName();
        if (replicas <= 1) {
            return Optional.empty();
        }
        if (!"Parallel".equals(set.getSpec().getPodManagementPolicy())) {
            return Optional.of(
                    name + ": no pod is started while the one before it is not Ready, and only the holder is; make"
                            + " it anew with podManagementPolicy Parallel and updateStrategy OnDelete" + INSTEAD);
        }
        boolean onDelete = "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
        RollingUpdateStatefulSetStrategy settings =
                set.getSpec().getUpdateStrategy().getRollingUpdate();
        int unavailable = settings == null ? 1 : pods(settings.getMaxUnavailable(), replicas, 1, 99);
        // Of two the first that is replaced gets the lock, and the second may go then.
        if (onDelete || replicas == 2 || unavailable >= replicas) {
            return Optional.empty();
        }
        return Optional.of(
                name + ": a rollout waits for each of " + replicas + " pods to be Ready, and only the holder is; set"
                        + " updateStrategy.type to OnDelete, or, where the cluster has that field,"
                        + " updateStrategy.rollingUpdate.maxUnavailable to 100%" + INSTEAD);
    }

    /** @param roundUp 99 to round a percentage up, 0 to round it down */
    private static int pods(@Nullable IntOrString value, int replicas, int otherwise, int roundUp) {
        if (value == null) {
            return otherwise;
        }
        if (value.getStrVal() == null) {
            return Objects.requireNonNullElse(value.getIntVal(), otherwise);
        }
        int percent = Integer.parseInt(value.getStrVal().replace("%", ""));
        return (percent * replicas + roundUp) / 100;
    }
}
