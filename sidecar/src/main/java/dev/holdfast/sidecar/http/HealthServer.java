package dev.holdfast.sidecar.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;

/** Probes for the kubelet, and metrics: read only, on every address. */
public final class HealthServer {

    private final HttpServer server;
    private final int port;

    /** @param metrics in the Prometheus text format, as they are now */
    public HealthServer(Vertx vertx, int port, Supplier<String> metrics) {
        this.port = port;
        Router router = Router.router(vertx);
        // The process serves; whether nodes can be reached is not what a restart or a rollout should hang on.
        router.get("/livez").handler(call -> call.response().end("ok\n"));
        router.get("/startupz").handler(call -> call.response().end("ok\n"));
        router.get("/metrics")
                .handler(call -> call.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.get()));
        this.server = vertx.createHttpServer().requestHandler(router);
    }

    /** Fails if the port is taken. */
    public Future<HttpServer> listen() {
        return server.listen(port, "0.0.0.0");
    }
}
