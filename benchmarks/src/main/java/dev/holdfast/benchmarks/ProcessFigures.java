package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux knows of a process. */
record ProcessFigures(long pid) {
    /** The unit of {@code /proc/PID/stat}, which is the same on every Linux. */
    private static final int TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    /**
     * Its memory in KiB.
     *
     * @param dirty what it has written, so that it needs it and nobody can share it, whatever else runs here
     */
    record Memory(long resident, long dirty) {}

    Memory memory() throws IOException {
        long resident = 0;
        long dirty = 0;
        for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            var words = line.split("\\s+");
            switch (words[0]) {
                case "Rss:" -> resident = Long.parseLong(words[1]);
                case "Private_Dirty:", "Shared_Dirty:" -> dirty += Long.parseLong(words[1]);
                default -> {}
            }
        }
        return new Memory(resident, dirty);
    }

    /** Processor time so far, in milliseconds. */
    long processorMillis() throws IOException {
        var line = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The name before it may hold anything.
        var words = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(words[USER_TIME]) + Long.parseLong(words[SYSTEM_TIME])) * 1000 / TICKS_PER_SECOND;
    }
}
