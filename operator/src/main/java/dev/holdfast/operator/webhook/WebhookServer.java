package dev.holdfast.operator.webhook;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTPS endpoint that the API server asks about new pods. It listens from its first certificate on. Thread-safe. */
public final class WebhookServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebhookServer.class);
    private static final String PATH = "/mutate";
    /** The API server's own limit for a request, which a review repeats. */
    private static final long BODY_LIMIT = 3L << 20;

    private static final int IDLE_SECONDS = 300;
    private static final long PATIENCE_SECONDS = 10;

    private final Vertx vertx;
    private final int port;
    private final AdmissionHandler handler;
    private @Nullable HttpServer server;

    /** @param port 0 for any */
    public WebhookServer(Vertx vertx, int port, AdmissionHandler handler) {
        this.vertx = vertx;
        this.port = port;
        this.handler = handler;
    }

    /**
     * Presents a certificate from now on; connections that are open keep the one they have.
     *
     * @param chain PEM
     * @param key PEM, PKCS #8
     */
    public synchronized void present(String chain, String key) {
        PemKeyCertOptions certificate =
                new PemKeyCertOptions().addCertValue(Buffer.buffer(chain)).addKeyValue(Buffer.buffer(key));
        HttpServer listening = server;
        if (listening != null) {
            await(listening.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(certificate)));
            return;
        }
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(certificate)
                .setIdleTimeout(IDLE_SECONDS);
        server = await(vertx.createHttpServer(options).requestHandler(routes()).listen(port));
        log.atInfo().addKeyValue("port", port()).log("webhook listens");
    }

    /** The port it listens on; 0 before the first certificate. */
    public synchronized int port() {
        return server == null ? 0 : server.actualPort();
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            await(server.close());
        }
    }

    private Router routes() {
        Router router = Router.router(vertx);
        router.post(PATH).handler(WebhookServer::requireJson);
        router.post(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT))
                .handler(this::mutate);
        router.errorHandler(404, call -> refuse(call, 404, "there is nothing here; POST to " + PATH));
        router.errorHandler(405, call -> refuse(call, 405, "use POST"));
        router.errorHandler(413, call -> refuse(call, 413, "a review has at most " + BODY_LIMIT + " bytes"));
        return router;
    }

    private static void requireJson(RoutingContext call) {
        String type = Objects.requireNonNullElse(call.request().getHeader("Content-Type"), "");
        if (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
            call.next();
        } else {
            refuse(call, 415, "send application/json");
        }
    }

    /** Parsing and looking up happen on a thread of the request's own. */
    private void mutate(RoutingContext call) {
        Context eventLoop = vertx.getOrCreateContext();
        Buffer body = call.body().buffer();
        byte[] bytes = body == null ? new byte[0] : body.getBytes();
        Thread.ofVirtual().name("review").start(() -> {
            Answer answer = answer(bytes);
            eventLoop.runOnContext(_ -> send(call, answer));
        });
    }

    private Answer answer(byte[] body) {
        try {
            return handler.handle(body);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a review was not answered");
            return Answer.refusal(500, "the operator's log says what went wrong");
        }
    }

    private static void refuse(RoutingContext call, int status, String message) {
        send(call, Answer.refusal(status, message));
    }

    private static void send(RoutingContext call, Answer answer) {
        if (call.response().ended() || call.response().closed()) {
            return;
        }
        call.response()
                .setStatusCode(answer.status())
                .putHeader("Content-Type", answer.contentType())
                .end(Buffer.buffer(answer.body()));
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the webhook's server failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
