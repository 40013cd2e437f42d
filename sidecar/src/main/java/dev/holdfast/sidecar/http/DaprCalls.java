package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.Key;
import dev.holdfast.sidecar.mutex.KeyAcquisition;
import dev.holdfast.sidecar.mutex.KeyLease;
import dev.holdfast.sidecar.mutex.KeyTerms;
import dev.holdfast.sidecar.mutex.Mutex;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.LeaseTiming;
import dev.holdfast.sidecar.redlock.Sighting;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Dapr's lock API on Mutex locks (docs.dapr.io, "Distributed lock API reference"): a lock is a store, a resource id is a key.
 * Fields that it does not know are ignored, as there, and problems carry its error codes. One thing differs: who took a key
 * in another pod must unlock it there, since an owner's name alone is no proof.
 */
final class DaprCalls {

    private static final int SUCCESS = 0;
    private static final int NOT_FOUND = 1;
    private static final int BELONGS_TO_OTHERS = 2;
    private static final int FAILED = 3;

    private final Map<String, KeyCalls> stores;
    private final WaitingCalls waiting;
    private final Map<Resource, Owned> owned = new ConcurrentHashMap<>();

    DaprCalls(Map<String, KeyCalls> stores, WaitingCalls waiting) {
        this.stores = stores;
        this.waiting = waiting;
    }

    Handler<RoutingContext> lock() {
        return onStore((call, mutex, body) -> {
            Resource resource = resource(mutex, body);
            String owner = text(body, "lockOwner");
            KeyTerms terms = new KeyTerms(expiry(body), Duration.ZERO, false);
            if (waiting.admit(call)) {
                KeyTaking.begin(call, mutex, resource.key(), terms, result -> locked(call, resource, owner, result));
            }
        });
    }

    private void locked(RoutingContext call, Resource resource, String owner, KeyAcquisition result) {
        switch (result) {
            case KeyAcquisition.Acquired(var lease) -> {
                remember(resource, new Owned(owner, lease));
                call.json(new JsonObject().put("success", lease.validFor().isPositive()))
                        .onFailure(_ -> lease.release());
            }
            case KeyAcquisition.Refused(var reason) -> {
                if (reason instanceof Acquisition.NoQuorum) {
                    error(call, 500, "ERR_TRY_LOCK", reason.toString());
                } else {
                    call.json(new JsonObject().put("success", false));
                }
            }
            case KeyAcquisition.Full _, KeyAcquisition.Stopping _ -> KeyCalls.refuse(call, result);
        }
    }

    private void remember(Resource resource, Owned mine) {
        owned.put(resource, mine);
        mine.lease().announce(() -> {
            forgetIfOver(resource, mine);
            return CompletableFuture.completedFuture(null);
        });
        forgetIfOver(resource, mine);
    }

    private void forgetIfOver(Resource resource, Owned mine) {
        if (mine.lease().ending().isPresent()) {
            owned.remove(resource, mine);
        }
    }

    Handler<RoutingContext> unlock() {
        return onStore((call, mutex, body) -> {
            Resource resource = resource(mutex, body);
            String owner = text(body, "lockOwner");
            Owned mine = owned.get(resource);
            CompletableFuture<Integer> status = mine == null
                    ? mutex.look(resource.key()).thenApply(DaprCalls::ofAnother)
                    : mine.owner().equals(owner)
                            ? mine.lease().release().thenApply(wasHeld -> wasHeld ? SUCCESS : NOT_FOUND)
                            : CompletableFuture.completedFuture(BELONGS_TO_OTHERS);
            Future.fromCompletionStage(status, call.vertx().getOrCreateContext())
                    .onSuccess(known -> call.json(new JsonObject().put("status", known)))
                    .onFailure(call::fail);
        });
    }

    private static int ofAnother(Sighting sighting) {
        return switch (sighting) {
            case Sighting.HeldBy _ -> BELONGS_TO_OTHERS;
            case Sighting.Free _ -> NOT_FOUND;
            case Sighting.Unknown _ -> FAILED;
        };
    }

    private Handler<RoutingContext> onStore(Action action) {
        return call -> {
            String name = PathParameter.of(call, "lock");
            KeyCalls store = stores.get(name);
            if (store == null) {
                error(
                        call,
                        400,
                        "ERR_LOCK_STORE_NOT_FOUND",
                        "no lock \"" + name + "\" of mode Mutex here; this pod has " + stores.keySet());
                return;
            }
            try {
                JsonObject body = call.body().buffer() == null
                        ? new JsonObject()
                        : call.body().buffer().toJsonObject();
                action.on(call, store.mutex(), body);
            } catch (DecodeException | ClassCastException _) {
                error(
                        call,
                        400,
                        "ERR_MALFORMED_REQUEST",
                        "the body is no JSON object with resourceId, lockOwner and, to lock, expiryInSeconds");
            } catch (IllegalArgumentException e) {
                error(call, 400, "ERR_MALFORMED_REQUEST", String.valueOf(e.getMessage()));
            }
        };
    }

    private static void error(RoutingContext call, int status, String code, String message) {
        String title = status == 400 ? "Bad Request" : "Internal Server Error";
        new Problem(
                        status,
                        title,
                        message,
                        new JsonObject().put("errorCode", code).put("message", message))
                .send(call.response());
    }

    private static Resource resource(Mutex mutex, JsonObject body) {
        return new Resource(mutex.lock(), new Key(text(body, "resourceId")));
    }

    private static String text(JsonObject body, String field) {
        if (body.getValue(field) instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new IllegalArgumentException(field + " is empty; give a text");
    }

    private static Duration expiry(JsonObject body) {
        long most = LeaseTiming.LONGEST.toSeconds();
        if (body.getValue("expiryInSeconds") instanceof Integer seconds && seconds > 0 && seconds <= most) {
            return Duration.ofSeconds(seconds);
        }
        throw new IllegalArgumentException(
                "expiryInSeconds is " + body.getValue("expiryInSeconds") + "; allowed: 1 to " + most);
    }

    private record Resource(String lock, Key key) {}

    private record Owned(String owner, KeyLease lease) {}

    /** What a call does with a store that exists. */
    @FunctionalInterface
    private interface Action {
        void on(RoutingContext call, Mutex mutex, JsonObject body);
    }
}
