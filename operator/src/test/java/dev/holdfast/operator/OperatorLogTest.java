package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a real operator's process, and the libraries in it, write to its log. */
@Timeout(60)
class OperatorLogTest {

    /** Runs until it ends; what it wrote, each line an object. */
    private static List<JsonNode> log(int exit, Map<String, String> settings) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        OperatorMain.class.getName())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_") || name.startsWith("KUBE"));
        builder.environment().putAll(settings);
        // Not the cluster of whoever runs the test.
        builder.environment().put("KUBECONFIG", new File("target/nowhere").getAbsolutePath());
        Process operator = builder.start();
        String text = new String(operator.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(operator.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(operator.exitValue()).as(text).isEqualTo(exit);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void aBadConfigurationIsOneLine() throws Exception {
        List<JsonNode> lines = log(2, Map.of());

        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst().path("level").asText()).isEqualTo("ERROR");
        assertThat(lines.getFirst().path("message").asText()).contains("HOLDFAST_NAMESPACE is not set");
    }

    @Test
    void whatLibrariesSayOfAClusterThatIsNotThereHasTheSameForm() throws Exception {
        // Nothing listens on port 1, so it cannot start.
        List<JsonNode> lines = log(
                1,
                Map.of(
                        "HOLDFAST_NAMESPACE", "holdfast-system",
                        "HOLDFAST_POD", "operator-0",
                        "HOLDFAST_SIDECAR_IMAGE", "sidecar",
                        "HOLDFAST_HEALTH_PORT", "18081",
                        "HOLDFAST_WEBHOOK_PORT", "19443",
                        "HOLDFAST_LOG_LEVEL", "INFO,io.fabric8=DEBUG",
                        "KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT", "0",
                        "KUBERNETES_MASTER", "http://127.0.0.1:1"));

        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("time").asText()).endsWith("Z");
            assertThat(line.path("logger").asText()).isNotEmpty();
        });
        assertThat(lines)
                .extracting(line -> line.path("logger").asText())
                .anyMatch(name -> name.startsWith("io.fabric8"));
        // Other threads may have something to say until the process is gone, so it need not be the last line.
        assertThat(lines.stream().filter(line -> line.path("message").asText().startsWith("cannot start")))
                .singleElement()
                .satisfies(line -> assertThat(line.path("exception").asText()).contains("\n\tat "));
    }
}
