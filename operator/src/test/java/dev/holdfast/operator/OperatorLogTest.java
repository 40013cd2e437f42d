package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real operator's process, and the libraries in it, write to its log. */
@Timeout(60)
class OperatorLogTest {

    /** Nothing listens on port 1. */
    private static final String NOWHERE = "http://127.0.0.1:1";

    private static final Map<String, String> SETTINGS = Map.of(
            "HOLDFAST_NAMESPACE", "holdfast-system",
            "HOLDFAST_POD", "operator-0",
            "HOLDFAST_SIDECAR_IMAGE", "sidecar",
            "HOLDFAST_HEALTH_PORT", "18081",
            "HOLDFAST_WEBHOOK_PORT", "19443",
            "HOLDFAST_LOG_LEVEL", "INFO,io.fabric8=DEBUG",
            "KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT", "0");

    @TempDir
    private Path directory;

    private @Nullable Process operator;

    @AfterEach
    void stop() {
        if (operator != null) {
            operator.destroyForcibly();
        }
    }

    private Process start(Map<String, String> settings, String server) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        OperatorMain.class.getName())
                .redirectErrorStream(true)
                // Not a pipe: a read of one cannot be interrupted if the process never ends.
                .redirectOutput(log().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_") || name.startsWith("KUBE"));
        builder.environment().putAll(settings);
        builder.environment().put("KUBERNETES_MASTER", server);
        // Not the cluster of whoever runs the test.
        builder.environment().put("KUBECONFIG", directory.resolve("nowhere").toString());
        Process started = builder.start();
        operator = started;
        return started;
    }

    private Path log() {
        return directory.resolve("log");
    }

    /** What it wrote until it ended, each line an object. */
    private List<JsonNode> ended(Process process, int exit) throws Exception {
        assertThat(process.waitFor(40, TimeUnit.SECONDS))
                .as("it has ended: %s", Files.readString(log()))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(log())).isEqualTo(exit);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log())) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static List<JsonNode> withMessage(List<JsonNode> lines, String start) {
        return lines.stream()
                .filter(line -> line.path("message").asText().startsWith(start))
                .toList();
    }

    @Test
    void aBadConfigurationIsOneLine() throws Exception {
        List<JsonNode> lines = ended(start(Map.of(), NOWHERE), 2);

        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst().path("level").asText()).isEqualTo("ERROR");
        assertThat(lines.getFirst().path("message").asText()).contains("HOLDFAST_NAMESPACE is not set");
    }

    @Test
    void aClusterThatIsNotThereIsWaitedForAndWhatLibrariesSayOfItHasTheSameForm() throws Exception {
        Process process = start(SETTINGS, NOWHERE);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(log()).contains("the API server cannot be reached yet"));
        process.destroy();
        List<JsonNode> lines = ended(process, 0);

        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("time").asText()).endsWith("Z");
            assertThat(line.path("logger").asText()).isNotEmpty();
        });
        assertThat(lines)
                .extracting(line -> line.path("logger").asText())
                .anyMatch(name -> name.startsWith("io.fabric8"));
        assertThat(withMessage(lines, "cannot start")).isEmpty();
    }

    @Test
    void aClusterThatRefusesEndsItWithTheCause() throws Exception {
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", call -> {
            call.sendResponseHeaders(403, -1);
            call.close();
        });
        refusing.start();
        try {
            List<JsonNode> lines = ended(
                    start(SETTINGS, "http://127.0.0.1:" + refusing.getAddress().getPort()), 1);

            // Other threads may have something to say until the process is gone, so it need not be the last line.
            assertThat(withMessage(lines, "cannot start"))
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line.path("exception").asText()).contains("\n\tat "));
        } finally {
            refusing.stop(0);
        }
    }
}
