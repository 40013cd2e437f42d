package dev.holdfast.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps a lock on the node set that its pods vote on. A set that is deleted and made again is another one: sidecars that
 * run go on with the old, and one pod on the new would be a second holder. So a lock moves only when all its pods are gone
 * and every lease that they may have had is over. Thread-safe.
 */
final class NodeSetMoves {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Two clocks' drift, as leases allow for it. */
    private static final double DRIFT = 1.06;

    private static final OptionalLong NOT_YET = OptionalLong.empty();

    private final LongSupplier nanoClock;
    /** Since when locks that must move are without pods, by their uids. An operator that restarts waits once more. */
    private final Map<String, OptionalLong> moving = new ConcurrentHashMap<>();

    /** @param nanoClock monotonic, in nanoseconds */
    NodeSetMoves(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * What was found, or that the lock cannot move yet.
     *
     * @param configuration what the lock's sidecars were told last; empty if they were told nothing, or if it was deleted
     */
    Readiness check(
            DistributedLock lock,
            Optional<String> configuration,
            Optional<RedisNodeSet> found,
            Readiness readiness,
            Contest contest) {
        String uid = lock.getMetadata().getUid();
        if (!readiness.mayConfigure() || found.isEmpty()) {
            return readiness;
        }
        RedisNodeSet set = found.get();
        if (!mustMove(uid, set, configuration, contest)) {
            moving.remove(uid);
            return readiness;
        }
        String name = set.getMetadata().getName();
        if (!contest.living().isEmpty()) {
            moving.put(uid, NOT_YET);
            return new Readiness.Waiting(
                    "NodeSetReplaced",
                    "RedisNodeSet \"" + name + "\" was deleted and made again, and "
                            + contest.living().size()
                            + " pods still vote on the nodes of before; scale them to zero, then the lock moves");
        }
        long now = nanoClock.getAsLong();
        OptionalLong since = moving.merge(
                uid, OptionalLong.of(now), (before, _) -> before.isPresent() ? before : OptionalLong.of(now));
        if (now - since.orElse(now) < (long) (set.getSpec().maxLeaseDuration().toNanos() * DRIFT)) {
            return new Readiness.Waiting(
                    "NodeSetReplaced",
                    "the lock moves to the new RedisNodeSet \"" + name
                            + "\" as soon as no lease of before can be valid any more",
                    true);
        }
        moving.remove(uid);
        return readiness;
    }

    private boolean mustMove(String uid, RedisNodeSet set, Optional<String> configuration, Contest contest) {
        return configuration
                .map(text -> !nodeSetUid(text).equals(set.getMetadata().getUid()))
                // What they were told is gone: a sidecar that runs in a pod of before the set was told of another.
                .orElseGet(() -> moving.containsKey(uid)
                        || contest.runsSidecarOfBefore(set.getMetadata().getCreationTimestamp()));
    }

    private static String nodeSetUid(String configuration) {
        try {
            return JSON.readTree(configuration).path("nodeSet").path("uid").asText();
        } catch (JsonProcessingException _) {
            return ""; // Somebody wrote into it: it is made anew when nobody uses it.
        }
    }
}
