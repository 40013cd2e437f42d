package dev.holdfast.benchmarks;

import static dev.holdfast.benchmarks.Statistics.millis;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * From kill -9 of an application that holds a key by a stream of its sidecar to the moment another application, which waits at
 * a sidecar of its own, has the answer that it holds.
 */
record ApplicationDies(Contestants all) implements Row {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration TARGET = Duration.ofMillis(50);

    @Override
    public String name() {
        return "application-dies";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var kills = quick ? 3 : 60;
        var lines = new ArrayList<List<String>>();
        var verdicts = new ArrayList<Verdict>();
        if (present.contains(all.holdfast)) {
            try (var holding = Sidecar.start(testbed, "pod-a", LEASE);
                    var waiting = Sidecar.start(testbed, "pod-b", LEASE)) {
                var nanos = new long[kills];
                new Kill(holding, waiting, testbed).run(); // warms up
                for (var i = 0; i < kills; i++) {
                    nanos[i] = new Kill(holding, waiting, testbed).run();
                }
                var statistics = new Statistics(List.of(nanos));
                lines.add(List.of(
                        all.holdfast.name() + ", stream-bound hold",
                        millis(statistics.p50()),
                        millis(statistics.p99()),
                        millis(statistics.max()),
                        Integer.toString(statistics.count())));
                verdicts.add(new Verdict(
                        "the application dies, its sidecar lives, the slowest",
                        "≤ " + TARGET.toMillis() + " ms",
                        millis(statistics.max()) + " ms",
                        statistics.max() <= TARGET.toNanos()));
            }
        }
        return new Section(
                "Hand-over when the application dies and its sidecar lives",
                kills
                        + " kills; both sidecars are processes of their own, the application that is killed is another, and the one that"
                        + " waits is an HTTP client in the benchmark's process; the lease is " + LEASE.toSeconds()
                        + " s. The elector sidecars never notice.",
                List.of("contestant", "p50 ms", "p99 ms", "max ms", "kills"),
                lines,
                verdicts);
    }

    /** One application that is killed, and one that waits. */
    private record Kill(Sidecar holding, Sidecar waiting, Testbed testbed) {
        long run() throws Exception {
            var key = "key-" + ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
            var application = startApplication(holding.uri("keys/" + key + "/hold"));
            try (var client = HttpClient.newHttpClient()) {
                var taken = acquire(client, waiting.uri("keys/" + key + "/acquire"));
                Thread.sleep(200 + ThreadLocalRandom.current().nextInt(100));
                if (taken.isDone()) {
                    throw new IllegalStateException("the key was lost while its holder lived");
                }
                var killing = System.nanoTime();
                application.destroyForcibly();
                return taken.get() - killing;
            } finally {
                application.destroyForcibly();
            }
        }

        private static CompletableFuture<Long> acquire(HttpClient client, URI uri) {
            var request = HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"wait\":\"60s\"}"))
                    .build();
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .thenApply(response -> {
                        var at = System.nanoTime();
                        if (response.statusCode() != 201) {
                            throw new IllegalStateException(response.statusCode() + " " + response.body());
                        }
                        return at;
                    });
        }

        private Process startApplication(URI uri) throws IOException {
            var process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StreamHolderMain.class.getName(),
                            uri.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            testbed.killAtEnd(process);
            var reader = process.inputReader(UTF_8);
            if (!HolderMain.HELD.equals(reader.readLine())) {
                throw new IOException("the application ended before it held its key");
            }
            return process;
        }
    }
}
