package dev.holdfast.benchmarks;

import static dev.holdfast.benchmarks.Statistics.millis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** From the call of release to the moment a waiter, already waiting on a client of its own, has the lock. */
record HandOver(Contestants all) implements Row {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final long P50_MILLIS = 1;
    private static final long P99_MILLIS = 10;

    @Override
    public String name() {
        return "hand-over";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(all.redissonLock, all.redissonRedLock, all.etcd, all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var perRound = quick ? 20 : 40;
        var rounds = quick ? new Rounds(2, 3) : new Rounds(4, 10);
        var results = rounds.alternate(
                present, contestant -> Clients.open(contestant, testbed), clients -> clients.handOvers(perRound));

        var lines = new ArrayList<List<String>>();
        var verdicts = new ArrayList<Verdict>();
        for (var result : results) {
            var statistics = new Statistics(result.rounds());
            lines.add(List.of(
                    result.contestant().name(),
                    millis(statistics.p50()),
                    millis(statistics.p99()),
                    millis(statistics.max()),
                    millis(statistics.lowestMedian()) + "–" + millis(statistics.highestMedian()),
                    Integer.toString(statistics.count())));
            if (result.contestant().equals(all.holdfast)) {
                verdicts.add(verdict("p50", P50_MILLIS, statistics.p50()));
                verdicts.add(verdict("p99", P99_MILLIS, statistics.p99()));
            }
        }
        return new Section(
                "Hand-over on release, the waiter already waiting",
                rounds.measured() + " rounds of " + perRound + " hand-overs each, in turn; two clients with connections"
                        + " of their own in one process (one clock); the waiter waits 110–150 ms before the release, so that etcd's watch is in step (every 100 ms).",
                List.of("contestant", "p50 ms", "p99 ms", "max ms", "p50 of the rounds", "hand-overs"),
                lines,
                verdicts);
    }

    private static Verdict verdict(String percentile, long targetMillis, long nanos) {
        return new Verdict(
                "hand-over, " + percentile,
                "≤ " + targetMillis + " ms",
                millis(nanos) + " ms",
                nanos <= targetMillis * 1_000_000);
    }

    /** The waiter has one thread for all its waits: Redisson's locks belong to a thread. */
    private record Clients(LockClient holder, LockClient waiter, ExecutorService waiting, String key)
            implements AutoCloseable {
        static Clients open(Contestant contestant, Testbed testbed) throws Exception {
            return new Clients(
                    contestant.client(testbed, LEASE),
                    contestant.client(testbed, LEASE),
                    Executors.newSingleThreadExecutor(),
                    "hand-over-" + contestant.name().replaceAll("\\W+", "-"));
        }

        long[] handOvers(int count) throws Exception {
            var nanos = new long[count];
            for (var i = 0; i < count; i++) {
                nanos[i] = handOver();
            }
            return nanos;
        }

        private long handOver() throws Exception {
            var hold = holder.await(key);
            var taken = waiting.submit(() -> {
                var next = waiter.await(key);
                var at = System.nanoTime();
                next.release();
                return at;
            });
            Thread.sleep(110 + ThreadLocalRandom.current().nextInt(41));
            var releasing = System.nanoTime();
            hold.release();
            return taken.get() - releasing;
        }

        @Override
        public void close() throws IOException {
            waiting.close();
            waiter.close();
            holder.close();
        }
    }
}
