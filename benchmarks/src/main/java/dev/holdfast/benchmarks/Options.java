package dev.holdfast.benchmarks;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The command line. Empty sets mean all. */
record Options(
        boolean quick,
        Set<String> rows,
        Set<String> contestants,
        Optional<Path> redisServer,
        Optional<Path> report,
        Path home) {
    static final String USAGE = """
            usage: benchmarks/run [--quick] [--only ROW]... [--contestant NAME]... [--redis-server PATH] [--report FILE]
              ROW    pair, callers, hand-over, take-over, application-dies or footprint
              NAME   as in the report, or the start of it""";

    static Options parse(List<String> arguments) {
        var words = new ArrayDeque<>(arguments);
        var quick = false;
        var rows = new HashSet<String>();
        var contestants = new HashSet<String>();
        var redisServer = Optional.<Path>empty();
        var report = Optional.<Path>empty();
        while (!words.isEmpty()) {
            switch (words.removeFirst()) {
                case "--quick" -> quick = true;
                case "--only" -> rows.add(value(words));
                case "--contestant" -> contestants.add(value(words));
                case "--redis-server" ->
                    redisServer = Optional.of(Path.of(value(words)).toAbsolutePath());
                case "--report" -> report = Optional.of(Path.of(value(words)));
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        var home = Path.of(System.getProperty("holdfast.benchmarks.home", "."));
        return new Options(quick, rows, contestants, redisServer, report, home);
    }

    private static String value(ArrayDeque<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(USAGE);
        }
        return words.removeFirst();
    }

    boolean wants(Row row) {
        return rows.isEmpty() || rows.contains(row.name());
    }

    boolean wants(Contestant contestant) {
        return contestants.isEmpty() || contestants.stream().anyMatch(contestant.name()::startsWith);
    }
}
