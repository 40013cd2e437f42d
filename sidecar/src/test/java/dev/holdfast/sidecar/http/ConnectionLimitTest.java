package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionLimitTest {

    private static final Duration PATIENCE = Duration.ofMillis(1200);

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<HttpServerResponse> waiting = new LinkedBlockingQueue<>();

    /** Closes silent connections after two minutes, as the product does: in these tests, never. */
    private HttpServer server;

    private HttpServer impatient;

    @BeforeEach
    void start() throws Exception {
        server = serve(new ConnectionLimit(vertx, 2));
        impatient = serve(new ConnectionLimit(vertx, 2, PATIENCE));
    }

    private HttpServer serve(ConnectionLimit limit) throws Exception {
        Router router = Router.router(vertx);
        router.route().handler(limit::use);
        router.get("/").handler(call -> call.response().end("ok"));
        router.get("/wait").handler(call -> waiting.add(call.response()));
        return vertx.createHttpServer(ApiServer.options())
                .requestHandler(router)
                .connectionHandler(limit)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Socket connect(HttpServer to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.actualPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Up to the end of {@code ok}; empty if the server closed the connection. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != -1;
                c = socket.getInputStream().read()) {
            answer.append((char) c);
            if (answer.toString().endsWith("\r\n\r\nok")) {
                return "ok";
            }
        }
        return answer.toString();
    }

    private static String ask(Socket socket) throws IOException {
        try {
            send(socket, "/");
            return answer(socket);
        } catch (SocketException _) {
            return "";
        }
    }

    @Test
    void oneTooManyIsClosedAndTheOthersServe() throws Exception {
        try (Socket first = connect(server);
                Socket second = connect(server);
                Socket third = connect(server)) {
            // Which one is too many depends on who is accepted first.
            assertThat(List.of(ask(first), ask(second), ask(third))).containsExactlyInAnyOrder("ok", "ok", "");
        }
        await().untilAsserted(() -> {
            try (Socket later = connect(server)) {
                assertThat(ask(later)).isEqualTo("ok");
            }
        });
    }

    @Test
    void silentConnectionsCountAsWell() throws Exception {
        try (Socket first = connect(server);
                Socket second = connect(server)) {
            await().untilAsserted(() -> {
                try (Socket third = connect(server)) {
                    assertThat(ask(third)).isEmpty();
                }
            });
            assertThat(List.of(ask(first), ask(second))).containsExactly("ok", "ok");
        }
    }

    @Test
    void aConnectionOnWhichNothingIsAskedIsClosedAndMakesRoom() throws Exception {
        try (Socket silent = connect(impatient);
                Socket half = connect(impatient)) {
            half.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(silent)).isEmpty();
            assertThat(answer(half)).isEmpty();
            try (Socket later = connect(impatient)) {
                assertThat(ask(later)).isEqualTo("ok");
                // Answered, and then silent.
                assertThat(answer(later)).isEmpty();
            }
        }
    }

    @Test
    void aConnectionIsNotSilentWhileACallWaitsOrWhenItAsksNowAndThen() throws Exception {
        try (Socket waiter = connect(impatient);
                Socket asking = connect(impatient)) {
            send(waiter, "/wait");
            HttpServerResponse response = waiting.take();
            for (int i = 0; i < 6; i++) {
                assertThat(ask(asking)).isEqualTo("ok");
                await().pollDelay(PATIENCE.dividedBy(2)).until(() -> true);
            }
            response.end("ok");
            assertThat(answer(waiter)).isEqualTo("ok");
        }
    }
}
