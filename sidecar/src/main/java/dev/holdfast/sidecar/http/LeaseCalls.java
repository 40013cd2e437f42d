package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.KeyEnding;
import dev.holdfast.sidecar.mutex.KeyLease;
import dev.holdfast.sidecar.mutex.Leases;
import dev.holdfast.sidecar.redlock.Renewal;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The calls on a key that is held, by its lease's id. */
final class LeaseCalls {

    private final Leases leases;

    LeaseCalls(Leases leases) {
        this.leases = leases;
    }

    Handler<RoutingContext> state() {
        return withLease((call, lease) -> answer(call, lease));
    }

    /** Answers when the nodes have decided: the next holder can have it by then. */
    Handler<RoutingContext> release() {
        return withLease((call, lease) -> Future.fromCompletionStage(
                        lease.release(), call.vertx().getOrCreateContext())
                .onSuccess(wasHeld -> {
                    if (wasHeld) {
                        call.response().setStatusCode(204).end();
                    } else {
                        gone(call, lease.ending());
                    }
                })
                .onFailure(call::fail));
    }

    Handler<RoutingContext> renew() {
        return withLease((call, lease) -> {
            new RequestBody(call.body().buffer(), List.of(), "{}");
            Future.fromCompletionStage(lease.renew(), call.vertx().getOrCreateContext())
                    .onSuccess(renewal -> renewed(call, lease, renewal))
                    .onFailure(call::fail);
        });
    }

    private static void renewed(RoutingContext call, KeyLease lease, Renewal renewal) {
        if (renewal instanceof Renewal.Missed(var validFor, var faults)
                && lease.validFor().isPositive()) {
            new Problem(
                            503,
                            "Service Unavailable",
                            "not renewed yet: too few nodes answered " + faults + "; it is tried again until then",
                            new JsonObject().put("validForMs", lease.validFor().toMillis()))
                    .send(call.response());
        } else {
            answer(call, lease);
        }
    }

    private static void answer(RoutingContext call, KeyLease lease) {
        JsonObject state = LeaseState.json(lease);
        if (state.getBoolean("held")) {
            call.json(state);
        } else {
            gone(call, lease.ending());
        }
    }

    private Handler<RoutingContext> withLease(BiConsumer<RoutingContext, KeyLease> action) {
        return call -> {
            try {
                new QueryParameters(call.queryParams(), List.of());
                switch (leases.find(PathParameter.of(call, "leaseId"))) {
                    case Leases.Found.Held(var lease) -> action.accept(call, lease);
                    case Leases.Found.Over(var why) -> gone(call, why);
                    case Leases.Found.NoId _ ->
                        Problem.notFound("no lease has such an id; use the leaseId that acquire answered")
                                .send(call.response());
                }
            } catch (IllegalArgumentException e) {
                Problem.mistake(e).send(call.response());
            }
        };
    }

    private static void gone(RoutingContext call, Optional<KeyEnding> why) {
        String reason = why.map(LeaseState::explained)
                .orElse("it is over, or was another sidecar's: leases do not outlive the process that they are of");
        JsonObject more = new JsonObject();
        why.ifPresent(known -> more.put("reason", LeaseState.reason(known)));
        new Problem(410, "Gone", "the key is not held any more: " + reason, more).send(call.response());
    }
}
