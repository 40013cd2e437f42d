package dev.holdfast.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.DurationText;
import dev.holdfast.crds.RedisNodeSet;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps a lock on the node set that its pods vote on. A set that is deleted and made again is another one, and so is that of
 * a lock which is deleted and applied again with another {@code nodeSet}: sidecars that run go on with the old, and one pod
 * on the new would be a second holder. So a lock moves only when all its pods are gone and every lease that they may have
 * had is over. Thread-safe.
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
        if (!mustMove(lock, set, configuration, contest)) {
            moving.remove(uid);
            return readiness;
        }
        String name = set.getMetadata().getName();
        if (!contest.living().isEmpty()) {
            moving.put(uid, NOT_YET);
            return new Readiness.Waiting(
                    "NodeSetReplaced",
                    "pods still vote on other nodes than those of RedisNodeSet \"" + name
                            + "\": of another set, or of this one before it was deleted and made again; scale all "
                            + contest.living().size() + " to zero, then the lock moves");
        }
        long now = nanoClock.getAsLong();
        OptionalLong since = moving.merge(
                uid, OptionalLong.of(now), (before, _) -> before.isPresent() ? before : OptionalLong.of(now));
        Duration longest = configuration.flatMap(NodeSetMoves::maxLease).orElse(DistributedLockSpec.LONGEST_LEASE);
        if (now - since.orElse(now) < (long) (longest.toNanos() * DRIFT)) {
            return new Readiness.Waiting(
                    "NodeSetReplaced",
                    "the lock moves to the new RedisNodeSet \"" + name
                            + "\" as soon as no lease of before can be valid any more, in "
                            + DurationText.format(longest) + " or a little more",
                    true);
        }
        moving.remove(uid);
        return readiness;
    }

    private boolean mustMove(DistributedLock lock, RedisNodeSet set, Optional<String> configuration, Contest contest) {
        String uid = lock.getMetadata().getUid();
        return configuration
                .map(text -> !nodeSetUid(text).equals(set.getMetadata().getUid()))
                // What they were told is gone: a sidecar that runs in a pod of another set, or of before, votes
                // elsewhere.
                .orElseGet(() -> moving.containsKey(uid)
                        || contest.runsSidecarOfAnother(lock.getMetadata().getName(), set));
    }

    private static String nodeSetUid(String configuration) {
        return nodeSet(configuration).path("uid").asText();
    }

    /** How long leases on the nodes of before may be, which the set of now does not tell; if it is not known, as long as any. */
    private static Optional<Duration> maxLease(String configuration) {
        return DurationText.parse(
                nodeSet(configuration).path("maxLeaseDuration").asText());
    }

    private static JsonNode nodeSet(String configuration) {
        try {
            return JSON.readTree(configuration).path("nodeSet");
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance(); // Somebody wrote into it: it is made anew when nobody uses it.
        }
    }
}
