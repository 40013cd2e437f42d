package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DurationText;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.operator.manifests.LockManifests;
import java.time.Duration;
import java.util.Optional;

/** Whether a lock can be taken, and what is missing if it cannot. Pure. */
sealed interface Readiness {

    /** Its sidecars are told where its nodes are. */
    record Ready(boolean quorum, String nodes) implements Readiness {}

    /**
     * Something is missing.
     *
     * @param isTimed whether it ends by itself, without an event
     */
    record Waiting(String reason, String message, boolean isTimed) implements Readiness {
        Waiting(String reason, String message) {
            this(reason, message, false);
        }
    }

    static Readiness of(DistributedLock lock, Optional<RedisNodeSet> nodeSet) {
        String name = lock.getSpec().nodeSet();
        if (nodeSet.isEmpty()) {
            return new Waiting("NodeSetMissing", "no RedisNodeSet \"" + name + "\" in this namespace; apply one");
        }
        RedisNodeSet set = nodeSet.get();
        Duration longest = set.getSpec().maxLeaseDuration();
        if (lock.getSpec().leaseDuration().compareTo(longest) > 0) {
            return new Waiting(
                    "LeaseTooLong",
                    "leaseDuration " + DurationText.format(lock.getSpec().leaseDuration())
                            + " is above maxLeaseDuration " + DurationText.format(longest) + " of RedisNodeSet \""
                            + name + "\"; shorten it, or use another node set");
        }
        if (!NodeSetReconciler.isAdmitted(set)) {
            return new Waiting("NodeSetStarting", "the nodes of RedisNodeSet \"" + name + "\" are starting");
        }
        boolean quorum = set.getStatus() != null
                && Conditions.isTrue(set.getStatus().conditions(), NodeSetView.QUORUM_AVAILABLE);
        String nodes = set.getStatus() == null
                ? "nothing known of its nodes"
                : set.getStatus().voting() + " of "
                        + LockManifests.addresses(set).size() + " nodes have a vote, "
                        + set.getStatus().quorum() + " needed";
        return new Ready(quorum, nodes);
    }

    default boolean mayConfigure() {
        return this instanceof Ready;
    }

    default void describe(Conditions conditions) {
        switch (this) {
            case Waiting it ->
                conditions.set("Ready", false, it.reason, it.message).set("NodeSetReady", false, it.reason, it.message);
            case Ready(var quorum, var nodes) ->
                conditions
                        .set("Ready", quorum, quorum ? "Ready" : "NoQuorum", nodes)
                        .set("NodeSetReady", quorum, quorum ? "QuorumAvailable" : "NoQuorum", nodes);
        }
    }
}
