package dev.holdfast.sidecar.http;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Reads a stream of server-sent events, as the specification of EventSource says, on a thread of its own. */
public final class EventReader implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** An event; its name is empty if it has none. A comment has the name ":" and no data. */
    public record Event(String name, JsonObject data) {
        public boolean held() {
            return data.getBoolean("held", false);
        }
    }

    private final HttpResponse<InputStream> response;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Event> seen = new ArrayList<>();
    private final CompletableFuture<?> ended = new CompletableFuture<>();

    public EventReader(HttpClient client, URI uri) throws IOException, InterruptedException {
        response = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String name = "";
            Optional<JsonObject> data = Optional.empty();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    events.add(new Event(":", new JsonObject()));
                } else if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data = Optional.of(new JsonObject(line.substring("data: ".length())));
                } else if (line.isEmpty() && data.isPresent()) {
                    events.add(new Event(name, data.orElseThrow()));
                    name = "";
                    data = Optional.empty();
                }
            }
        } catch (IOException _) {
            // Closed, by either side.
        } finally {
            ended.complete(null);
        }
    }

    public HttpResponse<InputStream> response() {
        return response;
    }

    /** The next event or comment. */
    public Event next() throws InterruptedException {
        Event event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event in " + PATIENCE + "; seen: " + seen);
        }
        seen.add(event);
        return event;
    }

    /** The next event that fits; those before it are in {@link #seen}. */
    public Event await(Predicate<Event> wanted) throws InterruptedException {
        Event event = next();
        while (!wanted.test(event)) {
            event = next();
        }
        return event;
    }

    public Event await(String name) throws InterruptedException {
        return await(event -> event.name().equals(name));
    }

    /** Waits until the server has ended the stream. */
    public void awaitEnd() throws Exception {
        ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    public List<Event> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
