package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An API server that answers, and not what is wanted: overloaded, not ready yet, set against this replica, or not there. */
class LeadershipTest {

    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private KubernetesClient client;
    private int answer = 503;

    @BeforeEach
    void start() throws IOException {
        serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withAutoConfigure(false)
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build();
    }

    private void serve(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 0);
        server.createContext("/", call -> {
            asked.incrementAndGet();
            call.sendResponseHeaders(answer, -1);
            call.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private Leadership leadership() {
        return new Leadership(client, "holdfast-system", "pod-1", () -> () -> {});
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503, 504})
    void anApiServerThatCannotAnswerNowIsAskedAgain(int code) {
        answer = code;
        try (Leadership leadership = leadership()) {
            leadership.start();
            int before = asked.get();

            await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() > before);
            assertThat(leadership.isLeading()).isFalse();
        }
    }

    @Test
    void oneThatIsNotThereIsAskedAgain() throws IOException {
        InetSocketAddress address = server.getAddress();
        server.stop(0);
        try (Leadership leadership = leadership()) {
            leadership.start();
            serve(address);

            await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void oneThatRefusesEndsTheStart(int code) {
        answer = code;
        try (Leadership leadership = leadership()) {
            assertThatThrownBy(leadership::start)
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(code));
        }
    }
}
