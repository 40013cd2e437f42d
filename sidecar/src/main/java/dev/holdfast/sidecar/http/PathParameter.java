package dev.holdfast.sidecar.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/** A part of the path that the route names, decoded. */
final class PathParameter {

    private PathParameter() {}

    static String of(RoutingContext call, String name) {
        return Objects.requireNonNull(call.pathParam(name), name);
    }
}
