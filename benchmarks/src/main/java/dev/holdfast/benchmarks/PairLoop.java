package dev.holdfast.benchmarks;

import java.io.IOException;
import java.time.Duration;

/** Runs acquire + release for a while and tells what it saw. */
interface PairLoop extends AutoCloseable {
    /** One caller, one key: nanoseconds of each pair. */
    long[] latencies(Duration time) throws Exception;

    /** Many callers, a key each: pairs per second. */
    double throughput(int callers, Duration time) throws Exception;

    @Override
    void close() throws IOException;
}
