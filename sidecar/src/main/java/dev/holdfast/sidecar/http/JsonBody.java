package dev.holdfast.sidecar.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a call's body, if it is JSON by its type: of another, the fields would be dropped, and the call done on terms that
 * nobody asked for.
 */
final class JsonBody implements Handler<RoutingContext> {

    private static final String JSON = "application/json";

    /** What curl, and other clients, say of anything they send. */
    private static final String FORM = "application/x-www-form-urlencoded";

    private final BodyHandler reader = BodyHandler.create(false).setBodyLimit(RequestBody.LARGEST);

    @Override
    public void handle(RoutingContext call) {
        HttpServerRequest request = call.request();
        String type = mediaType(request.getHeader(HttpHeaders.CONTENT_TYPE));
        if (type.isEmpty() || type.equals(JSON) || type.equals(FORM) || !hasBody(request)) {
            // Or what is called a form would be read as one, and a percent sign in it would be a mistake.
            request.headers().remove(HttpHeaders.CONTENT_TYPE);
            reader.handle(call);
        } else {
            new Problem(
                            415,
                            "Unsupported Media Type",
                            "the body is of type \"" + type + "\"; send JSON, with Content-Type: " + JSON)
                    .send(call.response());
        }
    }

    private static String mediaType(@Nullable String header) {
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || (length != null && !length.strip().equals("0"));
    }
}
