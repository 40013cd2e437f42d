package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams whose reader is slow, or does not read at all. */
@Timeout(60)
class EventStreamTest {

    private static final String PADDING = "x".repeat(1000);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger made = new AtomicInteger();
    private final CompletableFuture<?> ended = new CompletableFuture<>();
    private volatile Duration patience = EventStream.PATIENCE;
    private HttpServer server;

    /** Writes as much as the reader takes. */
    @BeforeEach
    void start() throws Exception {
        Router router = Router.router(vertx);
        router.get("/").handler(call -> {
            EventStream stream = new EventStream(
                    call, () -> Optional.of(EventStream.event("n" + made.incrementAndGet(), PADDING)), patience);
            long poker = call.vertx().setPeriodic(1, _ -> stream.poke());
            call.addEndHandler(_ -> {
                call.vertx().cancelTimer(poker);
                ended.complete(null);
            });
            stream.start();
        });
        server = vertx.createHttpServer(new HttpServerOptions().setSendBufferSize(4096))
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Socket reader() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Waits until no more events are made; gives their number. */
    private int awaitStall() {
        await().during(Duration.ofMillis(300)).until(made::get, new Unchanged()::test);
        return made.get();
    }

    @Test
    void nothingIsMadeForAReaderThatDoesNotReadAndTheLatestWhenItDoes() throws Exception {
        try (Socket socket = reader()) {
            int stalledAt = awaitStall();
            assertThat(stalledAt).isBetween(1, 500);
            InputStream in = socket.getInputStream();
            Buffer read = Buffer.buffer();
            while (!read.toString().contains("event: n" + (stalledAt + 1) + "\n")) {
                read.appendBytes(in.readNBytes(1000));
            }
            assertThat(ended).isNotDone();
        }
        ended.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theStreamOfAReaderThatDoesNotReadIsEnded() throws Exception {
        patience = Duration.ofMillis(500);
        try (Socket socket = reader()) {
            ended.get(20, TimeUnit.SECONDS);
            assertThat(socket.isConnected()).isTrue();
        }
    }

    /** Whether a number is the one that was seen last. */
    private static final class Unchanged {
        private int last = -1;

        boolean test(int now) {
            boolean same = now == last;
            last = now;
            return same && now > 0;
        }
    }
}
