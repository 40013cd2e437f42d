package dev.holdfast.benchmarks;

import static dev.holdfast.benchmarks.Statistics.millis;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** From kill -9 of the holding process to the moment a waiter, already waiting, has the lock. */
record TakeOver(Contestants all) implements Row {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration REDISSON_DEFAULT = Duration.ofSeconds(30);
    private static final Duration ABOVE_LEASE = Duration.ofMillis(100);

    @Override
    public String name() {
        return "take-over";
    }

    @Override
    public List<Contestant> contestants() {
        return List.of(all.redissonLock, all.redissonRedLock, all.etcd, all.holdfast);
    }

    @Override
    public Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception {
        var rounds = quick ? new Rounds(0, 2) : new Rounds(0, 10);
        var results = rounds.alternate(
                present, contestant -> new Kill(contestant, testbed, LEASE), kill -> new long[] {kill.takeOver()});

        var lines = new ArrayList<List<String>>();
        var verdicts = new ArrayList<Verdict>();
        for (var result : results) {
            var statistics = new Statistics(result.rounds());
            lines.add(line(result.contestant().name(), LEASE, statistics));
            if (result.contestant().equals(all.holdfast)) {
                var over = statistics.max() - LEASE.toNanos();
                verdicts.add(new Verdict(
                        "take-over after kill -9, the slowest",
                        "≤ lease + " + ABOVE_LEASE.toMillis() + " ms",
                        "lease " + signed(over) + " ms",
                        over <= ABOVE_LEASE.toNanos()));
            }
        }
        if (!quick && present.contains(all.redissonLock)) {
            var once = new Kill(all.redissonLock, testbed, REDISSON_DEFAULT).takeOver();
            lines.add(line(
                    all.redissonLock.name() + ", its default watchdog",
                    REDISSON_DEFAULT,
                    new Statistics(List.of(new long[] {once}))));
        }
        return new Section(
                "Take-over after kill -9 of the holder",
                rounds.measured() + " kills each, in turn; the holder is a process of its own that renews by itself and"
                        + " is killed at a random moment one to two leases after it took the lock. Redisson's watchdog"
                        + " is set to the lease here (its default is 30 s). Not from this run: client-go 15.4–19.7 s,"
                        + " measured earlier elsewhere on a real API server with its defaults.",
                List.of("contestant", "lease s", "min ms", "p50 ms", "max ms", "max − lease ms", "kills"),
                lines,
                verdicts);
    }

    private static List<String> line(String name, Duration lease, Statistics statistics) {
        return List.of(
                name,
                Long.toString(lease.toSeconds()),
                millis(statistics.min()),
                millis(statistics.p50()),
                millis(statistics.max()),
                signed(statistics.max() - lease.toNanos()),
                Integer.toString(statistics.count()));
    }

    private static String signed(long nanos) {
        return (nanos < 0 ? "− " : "+ ") + millis(Math.abs(nanos));
    }

    private record Kill(Contestant contestant, Testbed testbed, Duration lease) implements AutoCloseable {
        long takeOver() throws Exception {
            var key = "take-over-" + ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
            var holder = startHolder(key);
            try (var client = contestant.client(testbed, lease);
                    var waiting = Executors.newSingleThreadExecutor()) {
                var taken = waiting.submit(() -> {
                    var hold = client.await(key);
                    var at = System.nanoTime();
                    hold.release();
                    return at;
                });
                Thread.sleep(lease.toMillis()
                        + ThreadLocalRandom.current().nextLong(Math.min(lease.toMillis(), LEASE.toMillis())));
                if (taken.isDone()) {
                    throw new IllegalStateException(contestant.name() + " lost the lock while its holder lived");
                }
                var killing = System.nanoTime();
                holder.destroyForcibly();
                return taken.get() - killing;
            } finally {
                holder.destroyForcibly();
            }
        }

        private Process startHolder(String key) throws IOException {
            var process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HolderMain.class.getName(),
                            contestant.name(),
                            testbed.describe(),
                            Long.toString(lease.toMillis()),
                            key)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            testbed.killAtEnd(process);
            var reader = process.inputReader(UTF_8);
            for (var line = reader.readLine(); !HolderMain.HELD.equals(line); line = reader.readLine()) {
                if (line == null) {
                    throw new IOException("the holder of " + contestant.name() + " ended");
                }
            }
            return process;
        }

        @Override
        public void close() {}
    }
}
