import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Works while this pod holds the lock, and only then. JDK 21 or later, no libraries: java Worker.java */
public class Worker {
    private static final String HOLDFAST = env("HOLDFAST_URL", "http://127.0.0.1:4040");
    private static final String LOCK = env("LOCK", "reports");
    private static final String RESOURCE = env("RESOURCE_URL", "http://127.0.0.1:8080/report");
    private static final String ME = env("HOSTNAME", "worker");

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile boolean mayWork;
    private String event = "";

    public static void main(String[] args) throws InterruptedException {
        var worker = new Worker();
        Executors.newSingleThreadScheduledExecutor().scheduleWithFixedDelay(worker::follow, 0, 1, TimeUnit.SECONDS);
        worker.work();
    }

    /** Keeps mayWork as the events of one stream say. A stream that ends says stop. */
    private void follow() {
        var request = HttpRequest.newBuilder(URI.create(HOLDFAST + "/v1/locks/" + LOCK + "/events"));
        try {
            var answer = client.send(request.build(), BodyHandlers.ofLines());
            try (var lines = answer.body()) {
                lines.forEach(this::hear);
            }
            System.out.println("no events: the stream ended, with status " + answer.statusCode());
        } catch (IOException | InterruptedException | UncheckedIOException e) {
            System.out.println("no events: " + e);
        } finally {
            mayWork = false;
        }
    }

    private void hear(String line) {
        if (line.startsWith("event: ")) {
            event = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
            mayWork = line.contains("\"held\":true") && !event.equals("at-risk");
        }
    }

    /** The token is 0 if this pod does not hold; the moment is one of System.nanoTime(). */
    private record Held(long token, long until) {}

    private Held ask() throws IOException, InterruptedException {
        long asked = System.nanoTime(); // before asking: no delay on the way can make the lock look held for longer
        var request = HttpRequest.newBuilder(URI.create(HOLDFAST + "/v1/locks/" + LOCK)).timeout(Duration.ofSeconds(5));
        var state = client.send(request.build(), BodyHandlers.ofString()).body();
        return new Held(number(state, "fencingToken"), asked + number(state, "validForMs") * 1_000_000);
    }

    /** The guarded action, whatever yours is: it is given up in time, and the resource gets the token. */
    private void write(long token, Duration left, String text) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(RESOURCE))
                .timeout(left)
                .header("Fencing-Token", Long.toString(token))
                .PUT(BodyPublishers.ofString(text));
        int status = client.send(request.build(), BodyHandlers.discarding()).statusCode();
        if (status >= 300) {
            throw new IOException("the resource answers " + status);
        }
    }

    private void work() throws InterruptedException {
        for (int step = 1; ; Thread.sleep(1000)) {
            if (!mayWork) {
                continue;
            }
            try {
                var held = ask();
                var left = Duration.ofNanos(held.until() - System.nanoTime());
                if (held.token() > 0 && left.isPositive()) {
                    write(held.token(), left, ME + " " + step);
                    System.out.println("step " + step++ + " with token " + held.token());
                }
            } catch (IOException e) {
                System.out.println("step " + step + " failed: " + e);
            }
        }
    }

    /** The JDK has no JSON parser; yours knows better. 0 if the field is null. */
    private static long number(String json, String field) {
        var match = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
        return match.find() ? Long.parseLong(match.group(1)) : 0;
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
