package dev.holdfast.sidecar.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One stream of server-sent events to one reader, on its event loop only.
 *
 * <p>An event is made at the moment it is written, never before: while the reader is slow nothing is queued here, and once
 * it reads again it gets what is true then.
 */
final class EventStream {

    /** A reader that takes nothing for this long is gone, or of no use to itself. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Every five seconds at the latest, with room for a busy machine. */
    private static final long COMMENT_EVERY = Duration.ofSeconds(4).toMillis();

    private static final int QUEUED_BYTES = 4096;
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final RoutingContext call;
    private final Vertx vertx;
    private final HttpServerResponse response;
    private final Supplier<Optional<Buffer>> source;
    private final long patience;
    private final long ticker;
    private boolean stalled;
    private long stallTimer;
    private boolean over;

    /** @param source what is to be written now; empty if there is nothing to tell */
    EventStream(RoutingContext call, Supplier<Optional<Buffer>> source) {
        this(call, source, PATIENCE);
    }

    EventStream(RoutingContext call, Supplier<Optional<Buffer>> source, Duration patience) {
        this.call = call;
        this.vertx = call.vertx();
        this.response = call.response();
        this.source = source;
        this.patience = patience.toMillis();
        this.ticker = vertx.setPeriodic(COMMENT_EVERY, _ -> tick());
    }

    /** An event as it is on the wire. */
    static Buffer event(String name, String data) {
        return Buffer.buffer("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** Begins to write. */
    void start() {
        call.addEndHandler(_ -> stop());
        response.setChunked(true)
                .setWriteQueueMaxSize(QUEUED_BYTES)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .drainHandler(_ -> drained());
        response.writeHead();
        poke();
    }

    /** There may be something to tell. */
    void poke() {
        if (mayWrite()) {
            source.get().ifPresent(this::write);
        }
    }

    /** Nothing more will be told. */
    void finish() {
        if (stalled) {
            giveUp();
        } else if (!over) {
            stop();
            response.end();
        }
    }

    private void tick() {
        poke();
        if (mayWrite()) {
            write(COMMENT);
        }
    }

    private boolean mayWrite() {
        if (!over && response.writeQueueFull()) {
            stall();
        }
        return !over && !stalled;
    }

    private void write(Buffer buffer) {
        response.write(buffer);
        if (response.writeQueueFull()) {
            stall();
        }
    }

    private void stall() {
        if (!stalled) {
            stalled = true;
            stallTimer = vertx.setTimer(patience, _ -> giveUp());
        }
    }

    private void drained() {
        if (stalled) {
            stalled = false;
            vertx.cancelTimer(stallTimer);
            poke();
        }
    }

    private void giveUp() {
        stop();
        // Vert.x would close once what is queued has been read, which is never.
        if (call.request().connection() instanceof HttpServerConnection connection
                && call.request().version() != HttpVersion.HTTP_2) {
            connection.channelHandlerContext().close();
        } else {
            response.reset();
        }
    }

    private void stop() {
        over = true;
        vertx.cancelTimer(ticker);
        if (stalled) {
            vertx.cancelTimer(stallTimer);
        }
    }
}
