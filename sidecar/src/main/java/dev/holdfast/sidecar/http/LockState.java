package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redlock.Holder;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A lock's state as JSON, computed when it is asked for. */
final class LockState {

    private final Election election;

    LockState(Election election) {
        this.election = election;
    }

    JsonObject json() {
        Leadership leadership = election.leadership();
        JsonObject json = new JsonObject().put("lock", election.lock()).put("mode", "Leader");
        switch (leadership) {
            case Leadership.Leading leading ->
                json.put("state", "Leading")
                        .put("held", true)
                        .put("fencingToken", leading.fencingToken())
                        .put("validForMs", leading.validFor().toMillis())
                        .put("holder", holder(election.pod(), leading.since()));
            case Leadership.Starting _ -> notHeld(json, "Starting");
            case Leadership.Stopping _ -> notHeld(json, "Stopping");
            case Leadership.Following following ->
                notHeld(json, "Following")
                        .put("holder", following.holder().map(LockState::holder).orElse(null));
            case Leadership.NoQuorum none ->
                notHeld(json, "NoQuorum")
                        .put("holder", none.holder().map(LockState::holder).orElse(null));
        }
        return json.put("quorum", Quorum.of(election.nodes(), election.quorum()).json());
    }

    private static JsonObject notHeld(JsonObject json, String state) {
        return json.put("state", state)
                .put("held", false)
                .putNull("fencingToken")
                .put("validForMs", 0)
                .putNull("holder");
    }

    /** A fencing token is the microsecond of the acquisition, so far as clocks agree: good enough for people. */
    static JsonObject holder(Holder holder) {
        return holder.token() > 0
                ? holder(holder.pod(), Instant.EPOCH.plus(holder.token(), ChronoUnit.MICROS))
                : new JsonObject().put("pod", holder.pod()).putNull("since");
    }

    private static JsonObject holder(String pod, Instant since) {
        return new JsonObject()
                .put("pod", pod)
                .put("since", since.truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
