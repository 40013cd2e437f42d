package dev.holdfast.sidecar.kubernetes;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One condition of this pod.
 *
 * @param since when it last became held, or not held
 */
record PodCondition(String lock, Standing standing, Instant since) {

    /** The condition that follows {@code before}, which is absent at first. */
    static PodCondition next(@Nullable PodCondition before, String lock, Standing standing, Instant now) {
        return before != null && before.standing.held() == standing.held()
                ? new PodCondition(lock, standing, before.since)
                : new PodCondition(lock, standing, now);
    }

    JsonObject json() {
        return new JsonObject()
                .put("type", "holdfast.dev/" + lock)
                .put("status", standing.held() ? "True" : "False")
                .put("reason", standing.reason())
                .put("message", standing.message())
                .put("lastTransitionTime", since.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
