package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Prometheus of this machine that scrapes sidecars once a second. */
final class PrometheusServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Child server;
    private final int port;

    private PrometheusServer(Child server, int port) {
        this.server = server;
        this.port = port;
    }

    static PrometheusServer start(Leash leash, Path program, Path rules, List<Pod> pods) throws Exception {
        int port = new Ports().free();
        var folder = Files.createDirectories(leash.directory().resolve("prometheus"));
        var config = Files.writeString(folder.resolve("prometheus.yml"), config(rules, pods));
        var command = List.of(
                program.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port);
        var child = new Child(leash, "prometheus", command, Map.of());
        child.start();
        return new PrometheusServer(child, port);
    }

    private static String config(Path rules, List<Pod> pods) {
        var text = new StringBuilder("""
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files:
                  - %s
                scrape_configs:
                  - job_name: sidecars
                    static_configs:
                """.formatted(rules.toAbsolutePath()));
        for (var pod : pods) {
            text.append("      - {targets: ['127.0.0.1:%d'], labels: {namespace: default, pod: %s}}\n"
                    .formatted(pod.healthPort(), pod.name()));
        }
        return text.toString();
    }

    boolean isReady() {
        try {
            return send("/-/ready").statusCode() == 200;
        } catch (IOException | InterruptedException _) {
            return false;
        }
    }

    /** The series of an instant, without those whose value is no number. */
    List<JsonNode> query(String query) throws Exception {
        var answer = send("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as("%s: %s", query, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body())
                .at("/data/result")
                .valueStream()
                .filter(series -> !series.at("/value/1").asText().equals("NaN"))
                .toList();
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        server.stop(Duration.ofSeconds(10));
        client.close();
    }
}
