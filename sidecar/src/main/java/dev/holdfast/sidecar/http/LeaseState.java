package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.KeyEnding;
import dev.holdfast.sidecar.mutex.KeyLease;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** A held key as JSON, computed when it is asked for. */
final class LeaseState {

    private LeaseState() {}

    static JsonObject json(KeyLease lease) {
        Duration validFor = lease.validFor();
        boolean held = validFor.isPositive();
        JsonObject json = new JsonObject()
                .put("leaseId", lease.id())
                .put("lock", lease.lock())
                .put("key", lease.key().text())
                .put("held", held)
                .put("fencingToken", held ? lease.fencingToken() : null)
                .put("validForMs", validFor.toMillis())
                .put("autoRenew", lease.autoRenew())
                .put("since", lease.since().truncatedTo(ChronoUnit.MILLIS).toString());
        lease.ending().ifPresent(why -> json.put("reason", reason(why)));
        return json;
    }

    /** What a program can tell apart. */
    static String reason(KeyEnding why) {
        return switch (why) {
            case RELEASED -> "released";
            case EXPIRED -> "expired";
            case LOST -> "lost";
            case MAX_HOLD -> "max-hold";
            case STOPPED -> "stopped";
        };
    }

    /** For people. */
    static String explained(KeyEnding why) {
        return switch (why) {
            case RELEASED -> "it was released";
            case EXPIRED -> "it was not renewed by its holder in time; renew earlier, or take a longer leaseDuration";
            case LOST -> "it could not be renewed by a quorum of nodes in time";
            case MAX_HOLD -> "the lock's maxHold was over";
            case STOPPED -> "the sidecar stops";
        };
    }
}
