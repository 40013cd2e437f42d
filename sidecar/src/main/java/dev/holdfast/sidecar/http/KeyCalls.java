package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.Key;
import dev.holdfast.sidecar.mutex.KeyAcquisition;
import dev.holdfast.sidecar.mutex.KeyLease;
import dev.holdfast.sidecar.mutex.KeyTerms;
import dev.holdfast.sidecar.mutex.Mutex;
import dev.holdfast.sidecar.redlock.LeaseTiming;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The calls that take a key of one Mutex lock: for a time, or for as long as a stream stays open. */
final class KeyCalls {

    private static final DurationLimits LEASE = new DurationLimits(LeaseTiming.SHORTEST, LeaseTiming.LONGEST);

    private final Mutex mutex;
    private final WaitingCalls waiting;

    KeyCalls(Mutex mutex, WaitingCalls waiting) {
        this.mutex = mutex;
        this.waiting = waiting;
    }

    Mutex mutex() {
        return mutex;
    }

    /** Takes a key; the application renews and releases it by its lease's id. */
    void acquire(RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        Key key = key(call);
        RequestBody body = new RequestBody(
                call.body().buffer(),
                List.of("leaseDuration", "wait", "autoRenew"),
                "{\"leaseDuration\":\"30s\",\"wait\":\"5s\"}");
        KeyTerms terms = new KeyTerms(
                body.duration("leaseDuration", mutex.leaseDuration(), LEASE),
                body.duration("wait", Duration.ZERO, DurationLimits.WAIT),
                body.flag("autoRenew", false));
        if (waiting.admit(call)) {
            take(call, key, terms, lease -> created(call, lease));
        }
    }

    private static void created(RoutingContext call, KeyLease lease) {
        JsonObject state = LeaseState.json(lease);
        if (!state.getBoolean("held")) {
            KeyRefusal.tooLate().send(call.response());
            return;
        }
        call.response()
                .setStatusCode(201)
                .putHeader("Location", "/v1/leases/" + lease.id())
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("leaseId", lease.id())
                        .put("fencingToken", state.getLong("fencingToken"))
                        .put("validForMs", state.getLong("validForMs"))
                        .toBuffer())
                // Nobody knows its id.
                .onFailure(_ -> lease.release());
    }

    /** Takes a key for as long as the stream of events stays open. */
    void hold(RoutingContext call) {
        QueryParameters query = new QueryParameters(call.queryParams(), List.of("wait"));
        Key key = key(call);
        KeyTerms terms =
                new KeyTerms(mutex.leaseDuration(), query.duration("wait", Duration.ZERO, DurationLimits.WAIT), true);
        if (waiting.admit(call)) {
            take(call, key, terms, lease -> new HoldStream(call, lease).start());
        }
    }

    private void take(RoutingContext call, Key key, KeyTerms terms, Consumer<KeyLease> then) {
        KeyTaking.begin(call, mutex, key, terms, result -> {
            if (result instanceof KeyAcquisition.Acquired(var lease)) {
                then.accept(lease);
            } else {
                refuse(call, result);
            }
        });
    }

    private static Key key(RoutingContext call) {
        return new Key(PathParameter.of(call, "key"));
    }

    /** Says why there is no key. */
    static void refuse(RoutingContext call, KeyAcquisition refusal) {
        Problem problem = switch (refusal) {
            case KeyAcquisition.Refused refused -> KeyRefusal.of(refused);
            case KeyAcquisition.Full(var most) -> KeyRefusal.full(most);
            case KeyAcquisition.Stopping _ -> KeyRefusal.stopping();
            case KeyAcquisition.Acquired _ -> throw new IllegalStateException("not refused");
        };
        problem.send(call.response());
    }
}
