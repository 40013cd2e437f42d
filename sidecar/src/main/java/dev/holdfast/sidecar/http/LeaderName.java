package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.redlock.Holder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The answers of the leader-elector sidecars: the name of the pod that holds, and since when that is known here. */
final class LeaderName {

    private final LockWatch lock;
    private final WaitingCalls waiting;
    private final Clock clock;
    private String name = "";
    private Instant lastUpdate;

    LeaderName(LockWatch lock, WaitingCalls waiting, Clock clock) {
        this.lock = lock;
        this.waiting = waiting;
        this.clock = clock;
        this.lastUpdate = clock.instant();
    }

    void now(RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        call.json(json());
    }

    /** Server-sent events without a name, one at the beginning and one for each change. */
    void stream(RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        if (waiting.admit(call)) {
            EventStream stream = new EventStream(call, new Changes());
            LockEvents.Listener listener = lock.events().listen(call.vertx(), _ -> stream.poke());
            call.addEndHandler(_ -> listener.stop());
            stream.start();
        }
    }

    private synchronized JsonObject json() {
        String current = holder();
        if (!current.equals(name)) {
            name = current;
            lastUpdate = clock.instant();
        }
        return new JsonObject()
                .put("name", name)
                .put("last_update", lastUpdate.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Empty if nobody is known to hold. */
    private String holder() {
        Election election = lock.election();
        return switch (election.leadership()) {
            case Leadership.Leading _ -> election.pod();
            case Leadership.Following(var holder) -> pod(holder);
            case Leadership.NoQuorum(var holder) -> pod(holder);
            case Leadership.Starting _, Leadership.Stopping _ -> "";
        };
    }

    private static String pod(Optional<Holder> holder) {
        return holder.map(Holder::pod).orElse("");
    }

    /** What one stream says next. */
    private final class Changes implements Supplier<Optional<Buffer>> {
        private Optional<String> told = Optional.empty();

        @Override
        public Optional<Buffer> get() {
            JsonObject json = json();
            Optional<String> current = Optional.of(json.getString("name"));
            if (current.equals(told)) {
                return Optional.empty();
            }
            told = current;
            return Optional.of(Buffer.buffer("data: " + json.encode() + "\n\n"));
        }
    }
}
