import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** Works on one order; on each order only one at a time, in all pods together: java Keyed.java ORDER [STEPS] */
public class Keyed {
    private static final String HOLDFAST = env("HOLDFAST_URL", "http://127.0.0.1:4040");
    private static final String LOCK = env("LOCK", "orders");
    private static final String RESOURCE = env("RESOURCE_URL", "http://127.0.0.1:8080/order");
    private static final String ME = env("HOSTNAME", "worker");

    private final HttpClient client = HttpClient.newHttpClient();

    public static void main(String[] args) throws InterruptedException {
        try {
            new Keyed().work(args[0], args.length > 1 ? Integer.parseInt(args[1]) : 3);
        } catch (IOException e) {
            System.out.println("stopped: " + e.getMessage());
            System.exit(1);
        }
    }

    private void work(String order, int steps) throws IOException, InterruptedException {
        // URLEncoder writes a form's "+" for a space, which a path does not know.
        var key = URLEncoder.encode(order, StandardCharsets.UTF_8).replace("+", "%20");
        var hold = HttpRequest.newBuilder(
                URI.create(HOLDFAST + "/v1/locks/" + LOCK + "/keys/" + key + "/hold?wait=60s"));
        // Held for as long as this stream is open: when this process ends, however it does, the key is released at once.
        var answer = client.send(hold.build(), BodyHandlers.ofInputStream());
        try (var stream = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            var lease = acquired(stream);
            for (int step = 1; step <= steps; step++) {
                var held = ask(lease);
                write(held, ME + " " + step);
                System.out.println("step " + step + " of " + order + " with token " + held.token());
                Thread.sleep(1000);
            }
        }
    }

    /** The id of the lease that the first event tells. */
    private static String acquired(BufferedReader stream) throws IOException {
        var said = new StringBuilder();
        for (var line = stream.readLine(); line != null; line = stream.readLine()) {
            said.append(line);
            if (line.startsWith("data: ")) {
                return field(line, "leaseId");
            }
        }
        throw new IOException("not held: " + said);
    }

    /** The moment is one of System.nanoTime(). */
    private record Held(long token, long until) {}

    private Held ask(String lease) throws IOException, InterruptedException {
        long asked = System.nanoTime(); // before asking: no delay on the way can make the key look held for longer
        var request = HttpRequest.newBuilder(URI.create(HOLDFAST + "/v1/leases/" + lease))
                .timeout(Duration.ofSeconds(5));
        var answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.body());
        }
        long validForMs = Long.parseLong(field(answer.body(), "validForMs"));
        return new Held(Long.parseLong(field(answer.body(), "fencingToken")), asked + validForMs * 1_000_000);
    }

    /** The guarded action, whatever yours is: it is given up in time, and the resource gets the token. */
    private void write(Held held, String text) throws IOException, InterruptedException {
        var left = Duration.ofNanos(held.until() - System.nanoTime());
        if (!left.isPositive()) {
            throw new IOException("the answer came too late");
        }
        var request = HttpRequest.newBuilder(URI.create(RESOURCE))
                .timeout(left)
                .header("Fencing-Token", Long.toString(held.token()))
                .PUT(BodyPublishers.ofString(text));
        int status = client.send(request.build(), BodyHandlers.discarding()).statusCode();
        if (status >= 300) {
            throw new IOException("the resource answers " + status);
        }
    }

    /** A number, or a text without quotes. The JDK has no JSON parser; yours knows better. */
    private static String field(String json, String name) {
        var match = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        if (!match.find()) {
            throw new IllegalStateException("no " + name + " in " + json);
        }
        return match.group(1);
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
