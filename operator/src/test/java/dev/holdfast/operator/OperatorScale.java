package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.operator.ScaledCluster.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand locks, measured; run by hand, since it takes minutes and asks for nothing but that steady means no writes:
 * {@code mvn -pl operator -am test -Dtest=OperatorScale -Dsurefire.failIfNoSpecifiedTests=false}. What it found is in
 * {@code operator/target/operator-scale.md}.
 */
@ExtendWith(RealApiServer.class)
class OperatorScale {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STEADY = Duration.ofSeconds(60);
    private static final int SAMPLES = 300;
    private static final String USER = "system:serviceaccount:" + Chart.NAMESPACE + ":holdfast-operator";

    private final StringBuilder report = new StringBuilder("| what | measured |\n|---|---|\n");
    private final Random random = new Random(7);
    private int token = 1;

    @TempDir
    private Path directory;

    @Test
    void aThousandLocks(ApiServer server) throws Exception {
        Chart.render().install(server.client());
        try (ScaledCluster cluster = new ScaledCluster(server.client());
                Sightings sightings = new Sightings(server.client())) {
            cluster.declareLocks();
            cluster.letNodesRun();
            try (OperatorProcess operator =
                    OperatorProcess.start(server, directory, "cold", ScaledOperatorMain.class)) {
                long start = System.nanoTime();
                await().atMost(PATIENCE).until(() -> sightings.ready() == ScaledCluster.LOCKS);
                row(
                        "start of the process to all %,d locks Ready, nothing there before"
                                .formatted(ScaledCluster.LOCKS),
                        since(start));
                cluster.startPods();
                await().atMost(PATIENCE)
                        .until(() -> IntStream.range(0, ScaledCluster.LOCKS)
                                .allMatch(number -> sightings.hasShown(key(cluster.place(number)) + "#1")));
                steady(server, operator, "steady");
            }
            try (OperatorProcess operator =
                    OperatorProcess.start(server, directory, "warm", ScaledOperatorMain.class)) {
                restarted(server, operator);
                one("one pod's condition to the lock's status", cluster, sightings, this::hold);
                one("one lock's spec to its ConfigMap", cluster, sightings, this::lease);
                burst(cluster, sightings);
                steady(server, operator, "steady, after all that");
            }
            silentNodes(server, cluster, sightings);
        }
        Files.writeString(Path.of("target/operator-scale.md"), report);
        System.out.println(report);
    }

    /** Everything is looked at once more, and nothing written. */
    private void restarted(ApiServer server, OperatorProcess operator) throws IOException {
        Instant before = Instant.now();
        long start = System.nanoTime();
        await().atMost(PATIENCE).until(() -> hasReconciledAll(operator));
        row(
                "restart: start of the process to every lock reconciled · CPU time of that",
                since(start) + " · %.1f s".formatted(cpuTicks(operator.pid()) / 100.0));
        List<ApiCall> writes = writesSince(server, before);
        assertThat(writes).isEmpty();
        row("restart: requests that write", Integer.toString(writes.size()));
    }

    private static boolean hasReconciledAll(OperatorProcess operator) {
        String metrics = operator.metrics();
        return value(metrics, "operator_sdk_reconciliations_success_total") >= ScaledCluster.LOCKS
                && value(metrics, "operator_sdk_reconciliations_executions_distributedlock") == 0;
    }

    /** Of locks. */
    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{kind=\"DistributedLock\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static List<ApiCall> writesSince(ApiServer server, Instant before) {
        return server.audit().callsOfUser(USER).stream()
                .filter(call -> call.at().isAfter(before) && call.isWrite() && !call.isElection())
                .toList();
    }

    private void steady(ApiServer server, OperatorProcess operator, String when) throws Exception {
        await().during(Duration.ofSeconds(15))
                .atMost(PATIENCE)
                .until(() -> writesSince(server, Instant.now().minusSeconds(15)).isEmpty());
        Instant before = Instant.now();
        long cpu = cpuTicks(operator.pid());
        Thread.sleep(STEADY.toMillis());
        double share = (cpuTicks(operator.pid()) - cpu) / 100.0 / STEADY.toSeconds();
        List<ApiCall> calls = server.audit().callsOfUser(USER).stream()
                .filter(call -> call.at().isAfter(before))
                .toList();
        List<ApiCall> writes = calls.stream()
                .filter(call -> call.isWrite() && !call.isElection())
                .toList();
        row(
                when + ": requests that write in " + STEADY.toSeconds() + " s, the election's lease apart",
                Integer.toString(writes.size()));
        row(
                when + ": all requests in that time",
                calls.stream()
                        .collect(Collectors.groupingBy(
                                call -> call.verb() + ' ' + call.resource(), TreeMap::new, Collectors.counting()))
                        .toString());
        row(when + ": CPU", "%.1f %% of a core".formatted(share * 100));
        row(when + ": RSS · heap in use after a collection", memory(operator.pid()));
        assertThat(writes).isEmpty();
    }

    private String hold(Place place) {
        token++;
        place.hold(token);
        return key(place) + '#' + token;
    }

    private String lease(Place place) {
        token++;
        // Another one each time; never above the node set's bound.
        int seconds = 11 + token % 40;
        place.lease(seconds);
        return key(place) + '=' + seconds + 's';
    }

    private static String key(Place place) {
        return place.namespace().name() + '/' + place.lock();
    }

    private void one(String what, ScaledCluster cluster, Sightings sightings, Function<Place, String> change) {
        List<Integer> numbers = random.ints(0, ScaledCluster.LOCKS)
                .distinct()
                .limit(SAMPLES)
                .boxed()
                .toList();
        double[] millis = numbers.stream()
                .mapToDouble(number -> {
                    long start = System.nanoTime();
                    String key = change.apply(cluster.place(number));
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .atMost(PATIENCE)
                            .until(() -> sightings.hasShown(key));
                    return (sightings.whenShown(key) - start) / 1e6;
                })
                .sorted()
                .toArray();
        row(what + ", one after the other (" + SAMPLES + "): p50 · p99 · slowest", quantiles(millis));
    }

    private void burst(ScaledCluster cluster, Sightings sightings) throws Exception {
        token++;
        int now = token;
        long[] starts = new long[ScaledCluster.LOCKS];
        cluster.inParallel(ScaledCluster.LOCKS, number -> {
            starts[number] = System.nanoTime();
            cluster.place(number).hold(now);
        });
        IntFunction<String> keys = number -> key(cluster.place(number)) + '#' + now;
        await().atMost(PATIENCE)
                .until(() ->
                        IntStream.range(0, ScaledCluster.LOCKS).mapToObj(keys).allMatch(sightings::hasShown));
        double[] millis = IntStream.range(0, ScaledCluster.LOCKS)
                .mapToDouble(number -> (sightings.whenShown(keys.apply(number)) - starts[number]) / 1e6)
                .sorted()
                .toArray();
        row(
                "all %,d holders change at once, 16 writers: p50 · p99 · slowest".formatted(ScaledCluster.LOCKS),
                quantiles(millis));
    }

    /** By the real code: the nodes of fifty sets have no address, those of fifty others never answer. */
    private void silentNodes(ApiServer server, ScaledCluster cluster, Sightings sightings) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < ScaledCluster.NAMESPACES; i++) {
                cluster.place(i * ScaledCluster.LOCKS_EACH)
                        .namespace()
                        .createNodeSet(
                                "silent",
                                "{external: {endpoints: ['127.0.0.1:" + silent.getLocalPort() + "', '127.0.0.1:"
                                        + silent.getLocalPort() + "', '127.0.0.1:" + silent.getLocalPort() + "']}}");
            }
            try (OperatorProcess operator = OperatorProcess.start(server, directory, "silent")) {
                await().atMost(PATIENCE).until(() -> hasReconciledAll(operator));
                one("one pod's condition, while no node of 100 sets answers", cluster, sightings, this::hold);
                steady(server, operator, "no node of 100 sets answers");
            }
        }
    }

    private static String quantiles(double[] sorted) {
        return Stream.of(sorted[sorted.length / 2], sorted[(int) (sorted.length * 0.99)], sorted[sorted.length - 1])
                .map("%.0f ms"::formatted)
                .collect(Collectors.joining(" · "));
    }

    private static long cpuTicks(long pid) throws IOException {
        String[] fields = Files.readString(Path.of("/proc/" + pid + "/stat"))
                .replaceFirst(".*\\) ", "")
                .split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String memory(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        String heap = jcmd(pid, "GC.heap_info");
        long used = Pattern.compile("used (\\d+)K")
                .matcher(heap)
                .results()
                .filter(match -> !heap.substring(0, match.start()).contains("Metaspace"))
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
        long rss = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        return "%d MB · %d MB".formatted(rss / 1024, used / 1024);
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private static String since(long start) {
        return "%.1f s".formatted((System.nanoTime() - start) / 1e9);
    }

    private void row(String what, String measured) {
        report.append("| ").append(what).append(" | ").append(measured).append(" |\n");
        System.out.println(what + ": " + measured);
    }
}
