package dev.holdfast.sidecar.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI description of this API, as it was built in. */
final class ApiDescription {

    private static final String RESOURCE = "openapi.yaml";

    private ApiDescription() {}

    static void send(RoutingContext call) {
        call.response().putHeader("Content-Type", "application/yaml").end(text());
    }

    /** Read for each call: hardly anybody asks, and it need not stay in memory. */
    private static Buffer text() {
        try (InputStream resource = ApiDescription.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " is not built in");
            }
            return Buffer.buffer(resource.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
