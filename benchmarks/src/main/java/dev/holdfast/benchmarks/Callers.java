package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.Rounds.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Acquire and release by many callers at once, a key each. */
record Callers(Contestants all) implements Row {
    private static final int CALLERS = 64;

    @Override
    public String name() {
        return "callers";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(
                all.rawCompare,
                all.nodeRedlock,
                all.nodeRedlockPipelining,
                all.sequentialJedis,
                all.redissonRedLock,
                all.etcd,
                all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var time = quick ? Duration.ofSeconds(1) : Duration.ofSeconds(2);
        var rounds = quick ? new Rounds(2, 4) : new Rounds(3, 10);
        var results = rounds.alternate(
                present, contestant -> contestant.pairs(testbed), session -> session.throughput(CALLERS, time));

        var ours = Result.of(all.holdfast, results);
        var lines = new ArrayList<List<String>>();
        for (var result : results) {
            var sorted = result.rounds().stream().sorted().toList();
            lines.add(List.of(
                    result.contestant().name(),
                    rate(sorted.get(sorted.size() / 2)),
                    rate(sorted.getFirst()) + "–" + rate(sorted.getLast()),
                    ours.map(holdfast -> times(ratio(holdfast, result))).orElse("")));
        }
        return new Section(
                "Acquire + release, 3 local nodes, " + CALLERS + " callers on distinct keys",
                rounds.measured() + " rounds of " + time.toSeconds() + " s each, in turn; pairs per second, the median"
                        + " round. Java libraries: one client, a virtual thread per caller. The ratio is the median of"
                        + " the rounds' own ratios.",
                List.of("contestant", "pairs/s", "of the rounds", "Holdfast / this"),
                lines,
                Stream.of(verdict(results, all.nodeRedlock, 3), verdict(results, all.redissonRedLock, 20))
                        .flatMap(Optional::stream)
                        .toList());
    }

    private Optional<Verdict> verdict(List<Result<Double>> results, Contestant peer, int atLeast) {
        return Result.of(all.holdfast, results)
                .flatMap(ours -> Result.of(peer, results).map(theirs -> ratio(ours, theirs)))
                .map(ratio -> new Verdict(
                        CALLERS + " callers, pairs/s",
                        "≥ " + atLeast + " × " + peer.name(),
                        times(ratio),
                        ratio >= atLeast));
    }

    private static double ratio(Result<Double> ours, Result<Double> theirs) {
        return ours.ratioTo(theirs, Double::doubleValue);
    }

    private static String rate(double rate) {
        return String.format(Locale.ROOT, "%,.0f", rate);
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f ×", ratio);
    }
}
