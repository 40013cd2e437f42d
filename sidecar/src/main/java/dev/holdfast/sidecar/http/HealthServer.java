package dev.holdfast.sidecar.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;

/** Probes for the kubelet, and metrics: read only, on every address. */
public final class HealthServer {

    /** Many times what a kubelet and those who scrape metrics need. */
    private static final int MOST_CONNECTIONS = 500;

    private final HttpServer server;
    private final int port;

    /**
     * A server that does not listen yet.
     *
     * @param startup whether the application may start
     * @param metrics in the Prometheus text format, as they are now
     */
    public HealthServer(Vertx vertx, int port, Startup startup, Supplier<String> metrics) {
        this.port = port;
        ConnectionLimit limit = new ConnectionLimit(vertx, MOST_CONNECTIONS);
        Router router = Router.router(vertx);
        router.route().handler(limit::use);
        // The process serves; whether nodes can be reached is not what a restart or a rollout should hang on.
        router.get("/livez").handler(call -> call.response().end("ok\n"));
        router.get("/startupz").handler(startup::answer);
        router.get("/metrics")
                .handler(call -> call.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.get()));
        // With HTTP/2 a connection would not be counted before its first bytes.
        this.server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .requestHandler(router)
                .connectionHandler(limit);
    }

    /** Fails if the port is taken. */
    public Future<HttpServer> listen() {
        return server.listen(port, "0.0.0.0");
    }
}
