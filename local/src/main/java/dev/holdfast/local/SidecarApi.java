package dev.holdfast.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The HTTP API of one sidecar. */
final class SidecarApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String url;

    SidecarApi(HttpClient client, int port) {
        this.client = client;
        this.url = "http://127.0.0.1:" + port;
    }

    String url() {
        return url;
    }

    List<LockState> locks(Duration timeout) throws IOException {
        var answer = get("/v1/locks", timeout);
        var list = answer.isArray() ? answer : answer.path("locks");
        var states = new ArrayList<LockState>();
        list.forEach(state -> states.add(LockState.of(state)));
        return states;
    }

    LockState lock(String lock, Duration timeout) throws IOException {
        return LockState.of(get("/v1/locks/" + lock, timeout));
    }

    void resign(String lock, Duration timeout) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(url + "/v1/locks/" + lock + "/resign"))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        send(request);
    }

    private JsonNode get(String path, Duration timeout) throws IOException {
        return JSON.readTree(send(
                HttpRequest.newBuilder(URI.create(url + path)).timeout(timeout).build()));
    }

    private String send(HttpRequest request) throws IOException {
        try {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(request.uri() + " answers " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }
}
