package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is done to a workload while a client calls its leader's Service all the time, and what that client saw. */
final class Cases {

    private record Row(String what, Duration took, CallLog log, int refused) {}

    private final String suite;
    private final List<Row> rows = new ArrayList<>();

    Cases(String suite) {
        this.suite = suite;
    }

    /** Does it; returns what the client was answered from before it to after it, in which nothing was wrong. */
    CallLog during(String what, Workload workload, Runnable action) {
        try (ServiceCaller caller = ServiceCaller.of(workload.kube(), workload.name())) {
            int refused = workload.writes().refused().size();
            long began = System.nanoTime();
            action.run();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            CallLog log = caller.awaitLeader();
            add(what, took, log, workload, refused);
            return log;
        }
    }

    /**
     * What a client was answered while something was done to a workload; nothing may be wrong with it, nor with what its pods
     * wrote, and whoever led last must write.
     *
     * @param refused how often stale writes had come before it
     */
    void add(String what, Duration took, CallLog log, Workload workload, int refused) {
        FencedStore.Writes writes = workload.awaitWriteOf(log);
        rows.add(new Row(what, took, log, writes.refused().size() - refused));
        keep(log.toString().replace("Call[", "\n"));
        assertThat(log.violations()).as(what).isEmpty();
        assertThat(writes.taken().violations()).as("writes: " + what).isEmpty();
    }

    /** For people who want to know what a gap was made of. */
    private void keep(String calls) {
        try {
            Path folder = Files.createDirectories(Project.ROOT.resolve("e2e/target/calls"));
            Files.writeString(folder.resolve(suite + "-" + rows.size() + ".log"), calls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        int width = rows.stream().mapToInt(row -> row.what.length()).max().orElse(0);
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "  %-" + width + "s  %12s  %10s  %10s  %7s  %12s%n",
                "case",
                "longest gap",
                "hand-overs",
                "duration",
                "answers",
                "stale writes"));
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %,9d ms  %10d  %,7d ms  %,7d  %12d%n",
                    row.what,
                    row.log.longestGap().toMillis(),
                    row.log.handOvers(),
                    row.took.toMillis(),
                    row.log.answers(),
                    row.refused));
        }
        return table.toString();
    }
}
