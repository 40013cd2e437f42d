package dev.holdfast.sidecar.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * An error as RFC 9457 says.
 *
 * @param more what programs want to know besides
 */
record Problem(int status, String title, String detail, JsonObject more) {

    Problem(int status, String title, String detail) {
        this(status, title, detail, new JsonObject());
    }

    void send(HttpServerResponse response) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/problem+json")
                .end(new JsonObject()
                        .put("type", "about:blank")
                        .put("title", title)
                        .put("status", status)
                        .put("detail", detail)
                        .mergeIn(more)
                        .toBuffer());
    }

    static Problem mistake(IllegalArgumentException e) {
        return new Problem(400, "Bad Request", String.valueOf(e.getMessage()));
    }

    static Problem notFound(String detail) {
        return new Problem(404, "Not Found", detail);
    }

    static Problem unavailable(String detail) {
        return new Problem(503, "Service Unavailable", detail);
    }

    /** @param holder as in a lock's state; absent: it is not known */
    static Problem conflict(String detail, Optional<JsonObject> holder, long retryAfterMillis) {
        return new Problem(
                409,
                "Conflict",
                detail,
                new JsonObject().put("holder", holder.orElse(null)).put("retryAfterMs", retryAfterMillis));
    }
}
