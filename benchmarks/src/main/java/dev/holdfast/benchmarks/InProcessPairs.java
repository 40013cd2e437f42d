package dev.holdfast.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The loop for Java libraries. The latency loop runs on the calling platform thread, the many callers on virtual threads. */
final class InProcessPairs implements PairLoop {
    private final LockClient client;
    private final String key;

    InProcessPairs(LockClient client, String key) {
        this.client = client;
        this.key = key;
    }

    @Override
    public long[] latencies(Duration time) throws Exception {
        var nanos = new long[1024];
        var count = 0;
        var start = System.nanoTime();
        var end = start + time.toNanos();
        while (start - end < 0) {
            client.take(key).release();
            var now = System.nanoTime();
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = now - start;
            start = now;
        }
        return Arrays.copyOf(nanos, count);
    }

    @Override
    public double throughput(int callers, Duration time) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = System.nanoTime();
            var end = start + time.toNanos();
            var counts = new ArrayList<Future<Long>>();
            for (var caller = 0; caller < callers; caller++) {
                counts.add(threads.submit(caller(key + "-" + caller, end)));
            }
            var pairs = 0L;
            for (var count : counts) {
                pairs += count.get();
            }
            return pairs * 1e9 / (System.nanoTime() - start);
        }
    }

    private Callable<Long> caller(String ownKey, long end) {
        return () -> {
            var pairs = 0L;
            while (System.nanoTime() - end < 0) {
                client.take(ownKey).release();
                pairs++;
            }
            return pairs;
        };
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
