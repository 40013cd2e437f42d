package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.kubernetes.PodStatus.Outcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** What an answer of the API server means. */
final class ApiServerAnswer {

    private static final int LONGEST = 300;

    private ApiServerAnswer() {}

    static Outcome of(int status, Buffer body) {
        if (status == 200) {
            return new Outcome.Patched();
        }
        JsonObject answer = json(body);
        String reason = answer.getString("message", "");
        String shown = reason.substring(0, Math.min(reason.length(), LONGEST));
        boolean gone = switch (status) {
            // Only the API server itself knows; a proxy in front of it may say 404, too.
            case 404 -> "NotFound".equals(answer.getString("reason"));
            // Other conflicts and objections pass, among them those of admission policies.
            case 409 -> reason.contains("Precondition failed: UID");
            case 422 -> reason.contains("metadata.uid");
            default -> false;
        };
        return gone ? new Outcome.PodGone(status, shown) : new Outcome.Refused(status, shown);
    }

    private static JsonObject json(Buffer body) {
        try {
            return body.length() == 0 ? new JsonObject() : body.toJsonObject();
        } catch (DecodeException | ClassCastException _) {
            return new JsonObject();
        }
    }
}
