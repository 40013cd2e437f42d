package dev.holdfast.operator.metrics;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Probes and metrics, for the kubelet and Prometheus: read only, on every address. Thread-safe. */
public final class HealthServer {

    private final HttpServer server;
    private final int port;

    /**
     * Listens once it is told to.
     *
     * @param port 0 for any
     * @param ready whether this replica can serve admissions; whether it leads is not asked
     * @param metrics in Prometheus's text format
     */
    public HealthServer(Vertx vertx, int port, BooleanSupplier ready, Supplier<String> metrics) {
        this.port = port;
        Router router = Router.router(vertx);
        // The process answers: a look at more would have it restarted for the faults of others.
        router.get("/livez").handler(call -> answer(call, true));
        router.get("/readyz").handler(call -> answer(call, ready.getAsBoolean()));
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

    private static void answer(RoutingContext call, boolean well) {
        call.response().setStatusCode(well ? 200 : 503).end(well ? "ok\n" : "not ready\n");
    }
}
