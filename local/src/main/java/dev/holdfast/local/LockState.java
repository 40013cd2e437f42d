package dev.holdfast.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one sidecar says of one lock. */
record LockState(
        String lock,
        String state,
        boolean held,
        @Nullable Long fencingToken,
        Duration validFor,
        @Nullable String holder,
        int nodesReachable) {

    static LockState of(JsonNode json) {
        var token = json.path("fencingToken");
        var holder = json.path("holder").path("pod");
        return new LockState(
                json.path("lock").asText(),
                json.path("state").asText(),
                json.path("held").asBoolean(),
                token.isIntegralNumber() ? Long.valueOf(token.asLong()) : null,
                Duration.ofMillis(json.path("validForMs").asLong()),
                holder.isTextual() ? holder.asText() : null,
                json.path("quorum").path("reachable").asInt());
    }

    /** Equal in everything but the time that runs. */
    boolean sameAs(@Nullable LockState other) {
        return other != null
                && new LockState(lock, state, held, fencingToken, other.validFor, holder, nodesReachable).equals(other);
    }
}
