package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.Mutex;
import io.vertx.core.json.JsonObject;

/** A Mutex lock's state as JSON, computed when it is asked for. The lock itself is never held: its keys are. */
final class MutexState {

    private MutexState() {}

    static JsonObject json(Mutex mutex) {
        Quorum quorum = Quorum.of(mutex.nodes(), mutex.quorum());
        String state = mutex.isStopping() ? "Stopping" : quorum.isReached() ? "Serving" : "NoQuorum";
        return new JsonObject()
                .put("lock", mutex.lock())
                .put("mode", "Mutex")
                .put("state", state)
                .put("held", false)
                .putNull("fencingToken")
                .put("validForMs", 0)
                .putNull("holder")
                .put("quorum", quorum.json());
    }
}
