package dev.holdfast.operator.metrics;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/** Probes and metrics, for the kubelet and Prometheus: read only, on every address. Thread-safe. */
public final class HealthServer {

    private final HttpServer server;
    private final int port;

    /**
     * Listens once it is told to.
     *
     * @param port 0 for any
     * @param obstacles what keeps this replica from serving admissions; whether it leads is not asked
     * @param metrics in Prometheus's text format
     */
    public HealthServer(Vertx vertx, int port, Supplier<List<String>> obstacles, Supplier<String> metrics) {
        this.port = port;
        Router router = Router.router(vertx);
        // The process answers: a look at more would have it restarted for the faults of others.
        router.get("/livez").handler(call -> answer(call, List.of()));
        router.get("/readyz").handler(call -> answer(call, obstacles.get()));
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

    /** The one it listens on; 0 before it does. */
    public int port() {
        return server.actualPort();
    }

    private static void answer(RoutingContext call, List<String> obstacles) {
        call.response()
                .setStatusCode(obstacles.isEmpty() ? 200 : 503)
                .end(obstacles.isEmpty() ? "ok\n" : "not ready: " + String.join("; ", obstacles) + '\n');
    }
}
