package dev.holdfast.benchmarks;

import static dev.holdfast.benchmarks.Statistics.millis;

import dev.holdfast.benchmarks.Rounds.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Acquire and release, uncontended, one caller. */
record Pair(Contestants all) implements Row {
    private static final double AT_MOST_TIMES_RAW = 1.5;
    private static final Duration ROUND = Duration.ofMillis(300);

    @Override
    public String name() {
        return "pair";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(
                all.rawDelete,
                all.rawCompare,
                all.nodeRedlock,
                all.sequentialJedis,
                all.redissonRedLock,
                all.etcd,
                all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var rounds = quick ? new Rounds(10, 10) : new Rounds(20, 40);
        var results =
                rounds.alternate(present, contestant -> contestant.pairs(testbed), session -> session.latencies(ROUND));

        var ours = Result.of(all.holdfast, results);
        var lines = new ArrayList<List<String>>();
        for (var result : results) {
            var statistics = new Statistics(result.rounds());
            lines.add(List.of(
                    result.contestant().name(),
                    millis(statistics.medianRound()),
                    millis(statistics.p99()),
                    millis(statistics.lowestMedian()) + "–" + millis(statistics.highestMedian()),
                    Integer.toString(statistics.count()),
                    ours.map(holdfast -> times(ratio(holdfast, result))).orElse("")));
        }
        return new Section(
                "Acquire + release, 3 local nodes, uncontended, one caller",
                rounds.measured() + " rounds of " + ROUND.toMillis()
                        + " ms each, in turn; the same key over and over. The"
                        + " ratio is the median of the rounds' own ratios of p50.",
                List.of(
                        "contestant",
                        "p50 ms, median round",
                        "p99 ms",
                        "p50 of the rounds",
                        "pairs",
                        "Holdfast / this"),
                lines,
                ours
                        .flatMap(
                                holdfast -> Result.of(all.rawDelete, results).map(raw -> verdict(ratio(holdfast, raw))))
                        .stream()
                        .toList());
    }

    private static double ratio(Result<long[]> ours, Result<long[]> theirs) {
        return ours.ratioTo(theirs, round -> new Statistics(List.of(round)).p50());
    }

    private static Verdict verdict(double ratio) {
        return new Verdict(
                "pair, p50",
                "≤ " + AT_MOST_TIMES_RAW + " × raw sockets (the leaner one, DEL)",
                times(ratio),
                ratio <= AT_MOST_TIMES_RAW);
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f ×", ratio);
    }
}
