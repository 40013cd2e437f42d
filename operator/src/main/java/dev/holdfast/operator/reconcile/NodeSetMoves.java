package dev.holdfast.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a lock on the node set that its pods vote on. A set that is deleted and made again is another one: sidecars that
 * run go on with the old, and one pod on the new would be a second holder. So a lock moves only when all its pods are gone
 * and every lease that they may have had is over.
 */
final class NodeSetMoves {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Two clocks' drift, as leases allow for it. */
    private static final double DRIFT = 1.06;

    private final Clock wallClock;
    /** Since when a lock that must move is without pods, by its uid. An operator that restarts waits once more. */
    private final Map<String, Instant> withoutPods = new ConcurrentHashMap<>();

    NodeSetMoves(Clock wallClock) {
        this.wallClock = wallClock;
    }

    /** What was found, or that the lock cannot move yet. */
    Readiness check(DistributedLock lock, Context<DistributedLock> context, Readiness found, Contest contest) {
        String uid = lock.getMetadata().getUid();
        Optional<String> told = context.getSecondaryResourcesAsStream(ConfigMap.class)
                .flatMap(
                        map -> Optional.ofNullable(map.getData())
                                .map(data -> data.get(lock.getMetadata().getName() + ".json"))
                                .stream())
                .findAny()
                .map(NodeSetMoves::nodeSetUid);
        Optional<RedisNodeSet> set = context.getSecondaryResource(RedisNodeSet.class);
        if (!found.mayConfigure()
                || set.isEmpty()
                || told.isEmpty()
                || told.get().equals(set.get().getMetadata().getUid())) {
            withoutPods.remove(uid);
            return found;
        }
        String name = lock.getSpec().nodeSet();
        if (contest.pods() > 0) {
            withoutPods.remove(uid);
            return new Readiness.Waiting(
                    "NodeSetReplaced",
                    "RedisNodeSet \"" + name + "\" was deleted and made again, and " + contest.pods()
                            + " pods still vote on the nodes of before; scale them to zero, then the lock moves");
        }
        Duration longest = set.get().getSpec().maxLeaseDuration();
        Instant over = withoutPods
                .computeIfAbsent(uid, _ -> wallClock.instant())
                .plusMillis((long) (longest.toMillis() * DRIFT));
        if (wallClock.instant().isBefore(over)) {
            return new Readiness.Waiting(
                    "NodeSetReplaced", "the lock moves to the new RedisNodeSet \"" + name + "\" at " + over, true);
        }
        withoutPods.remove(uid);
        return found;
    }

    private static String nodeSetUid(String configuration) {
        try {
            return JSON.readTree(configuration).path("nodeSet").path("uid").asText();
        } catch (JsonProcessingException _) {
            return ""; // Somebody wrote into it: it is made anew when nobody uses it.
        }
    }
}
