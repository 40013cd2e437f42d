package dev.holdfast.operator.manifests;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may do what on the nodes of a set. A new password comes in three steps, so that one of the two that are valid always
 * serves: nodes learn it beside the old one; sidecars are told it; nodes forget the old one.
 *
 * @param password what sidecars log in with
 * @param other another one that nodes accept: the next, or the one of before
 * @param toldSince since when sidecars are told the present one while the one of before is still accepted
 * @param rotation the request that the present or the coming password answers; empty if there was none yet
 */
public record RedisAccess(String password, Optional<String> other, Optional<Instant> toldSince, String rotation) {

    /** What the sidecar's scripts need and nothing else; every word is known to Redis from 6.2 on and to Valkey. */
    private static final String RIGHTS = "resetchannels ~holdfast:* &holdfast:* -@all +info +eval +evalsha +script|load"
            + " +client|setname +get +mget +set +del +pexpire +time +publish +subscribe +unsubscribe +zadd +zrem +zrange"
            + " +zremrangebyscore";

    /**
     * Without a password nobody logs in. It keeps its rights: Redis reads its append-only file back as this user, and what it may
     * not do of the transactions in it is lost.
     */
    private static final String NOBODY = "user default off resetpass ~* &* +@all";

    private static final int PASSWORD_BYTES = 32;

    /** How a rotation stands. */
    public enum Phase {
        /** One password. */
        STEADY,
        /** Nodes are to learn the next one. */
        INTRODUCING,
        /** Sidecars are being told the new one. */
        RETIRING
    }

    /** One that nobody has. */
    public static RedisAccess create() {
        return of(newPassword(), "");
    }

    /** A known password, and nothing else known. */
    public static RedisAccess of(String password, String rotation) {
        return new RedisAccess(password, Optional.empty(), Optional.empty(), rotation);
    }

    public Phase phase() {
        if (other.isEmpty()) {
            return Phase.STEADY;
        }
        return toldSince.isEmpty() ? Phase.INTRODUCING : Phase.RETIRING;
    }

    /**
     * What it is to be now. Changes nothing as a rule.
     *
     * @param asked the request for another password; each new text is one, empty is none
     * @param nodesHaveLoaded whether every node runs with this access list
     * @param grace how long sidecars may take to be told
     */
    public RedisAccess next(String asked, boolean nodesHaveLoaded, Instant now, Duration grace) {
        return switch (phase()) {
            case STEADY -> {
                if (toldSince.isPresent()) {
                    // The list with the one of before was lost: nodes that run accept it still.
                    yield isOver(now, grace) ? of(password, rotation) : this;
                }
                yield asked.isEmpty() || asked.equals(rotation)
                        ? this
                        : new RedisAccess(password, Optional.of(newPassword()), Optional.empty(), asked);
            }
            case INTRODUCING ->
                nodesHaveLoaded
                        ? new RedisAccess(other.orElseThrow(), Optional.of(password), Optional.of(now), rotation)
                        : this;
            case RETIRING -> isOver(now, grace) ? of(password, rotation) : this;
        };
    }

    /** Until when a node must not forget the password of before; empty: it may. */
    public Optional<Instant> retiringUntil(Duration grace) {
        return toldSince.map(since -> since.plus(grace));
    }

    /** The same, told from now on. */
    public RedisAccess toldFrom(Instant now) {
        return new RedisAccess(password, other, Optional.of(now), rotation);
    }

    private boolean isOver(Instant now, Duration grace) {
        return !now.isBefore(toldSince.orElseThrow().plus(grace));
    }

    /** The access list: nobody without a password, and only the passwords' hashes. Who is told which does not change it. */
    public String users() {
        String hashes = Stream.concat(Stream.of(password), other.stream())
                .map(text -> '#' + Fingerprint.of(text))
                .sorted()
                .collect(Collectors.joining(" "));
        return String.join("\n", List.of(NOBODY, "user " + NodeSetNames.USER + " on " + hashes + ' ' + RIGHTS, ""));
    }

    private static String newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Keeps the passwords out of logs. */
    @Override
    public String toString() {
        return "RedisAccess[" + phase() + ']';
    }
}
