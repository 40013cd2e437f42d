package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionLimitTest {

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer(ApiServer.options())
                .requestHandler(request -> request.response().end("ok"))
                .connectionHandler(new ConnectionLimit(2))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    }

    /** Empty if the server closed the connection. */
    private static String ask(Socket socket) {
        try {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(8);
            return new String(answer, StandardCharsets.US_ASCII);
        } catch (IOException _) {
            return "";
        }
    }

    @Test
    void oneTooManyIsClosedAndTheOthersServe() throws Exception {
        try (Socket first = connect();
                Socket second = connect();
                Socket third = connect()) {
            // Which one is too many depends on who is accepted first.
            assertThat(List.of(ask(first), ask(second), ask(third)))
                    .containsExactlyInAnyOrder("HTTP/1.1", "HTTP/1.1", "");
        }
        await().untilAsserted(() -> {
            try (Socket later = connect()) {
                assertThat(ask(later)).isEqualTo("HTTP/1.1");
            }
        });
    }
}
