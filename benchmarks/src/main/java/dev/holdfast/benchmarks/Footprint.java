package dev.holdfast.benchmarks;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.Security;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a sidecar costs a pod that only has it: memory, the time to its first answer, and what it does while nothing happens. */
record Footprint(Contestants all, SidecarImage image) implements Row {
    private static final Duration LONGEST_LEASE = Duration.ofSeconds(60);
    private static final double TARGET_MEGABYTES = 70;
    private static final double TARGET_SECONDS = 0.5;
    private static final double TARGET_PERCENT = 0.5;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var missing = image.missing();
        var how = missing.map(reason -> "Left out: " + reason)
                .orElse(
                        "One Leader lock with a lease of 10 s, led; the pod condition patched over TLS. The image's own Java, options"
                                + " and archive, outside a container. Memory 20 s after the first answer, idle load over the 20 s after that.");
        var lines = new ArrayList<List<String>>();
        var verdicts = new ArrayList<Verdict>();
        if (missing.isEmpty() && present.contains(all.holdfast)) {
            var five = Stream.concat(testbed.redisPorts().stream(), testbed.spareRedisPorts().stream())
                    .toList();
            for (var ports : List.of(testbed.redisPorts(), five)) {
                var samples = new ArrayList<SidecarInPod.Sample>();
                for (var i = 0; i < (quick ? 1 : 5); i++) {
                    samples.add(sample(testbed, ports));
                }
                lines.add(line(ports.size(), samples));
                verdicts.addAll(verdicts(ports.size(), samples));
            }
        }
        return new Section(
                "The sidecar's footprint",
                how,
                List.of("nodes", "RSS MiB", "of it written to", "first answer s", "idle, % of a core", "runs"),
                lines,
                verdicts);
    }

    private SidecarInPod.Sample sample(Testbed testbed, List<Integer> ports) throws Exception {
        var nodes = ports.stream().map(port -> new Endpoint("127.0.0.1", port)).toList();
        var set = new NodeSet("benchmarks", UUID.randomUUID().toString(), nodes, LONGEST_LEASE, false, Security.none());
        FreshNodeSet.admit(set);
        var folder = Files.createTempDirectory("holdfast-footprint");
        try (var apiServer = StandInApiServer.start(folder)) {
            return new SidecarInPod(image, folder, set, apiServer).sample(testbed);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws Exception {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static double median(List<SidecarInPod.Sample> samples, ToDoubleFunction<SidecarInPod.Sample> of) {
        var sorted = samples.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static List<String> line(int nodes, List<SidecarInPod.Sample> samples) {
        return List.of(
                Integer.toString(nodes),
                number("%.1f", median(samples, sample -> sample.memory().resident() / 1024.0)),
                number("%.1f", median(samples, sample -> sample.memory().dirty() / 1024.0)),
                number("%.2f", median(samples, SidecarInPod.Sample::firstAnswerSeconds)),
                number("%.2f", median(samples, SidecarInPod.Sample::idlePercent)),
                Integer.toString(samples.size()));
    }

    private static List<Verdict> verdicts(int nodes, List<SidecarInPod.Sample> samples) {
        var megabytes = median(samples, sample -> sample.memory().resident() * 1024 / 1e6);
        var seconds = median(samples, SidecarInPod.Sample::firstAnswerSeconds);
        var percent = median(samples, SidecarInPod.Sample::idlePercent);
        return List.of(
                verdict(nodes + " nodes, RSS", TARGET_MEGABYTES, megabytes, "MB (10^6)"),
                verdict(nodes + " nodes, first answer", TARGET_SECONDS, seconds, "s"),
                verdict(nodes + " nodes, idle", TARGET_PERCENT, percent, "% of a core"));
    }

    private static Verdict verdict(String figure, double target, double measured, String unit) {
        return new Verdict(
                figure,
                "≤ " + number("%.1f", target) + " " + unit,
                number("%.2f", measured) + " " + unit,
                measured <= target);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
