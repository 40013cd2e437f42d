package dev.holdfast.local;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Asks every pod who holds, over and over; one thread each, so that a frozen pod delays no other. */
final class Sampler implements AutoCloseable {
    static final Duration CALM = Duration.ofMillis(8);
    static final Duration TIGHT = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HolderWatch watch;
    private final String lock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile Duration interval = CALM;
    private volatile boolean closed;

    Sampler(HolderWatch watch, String lock, List<Pod> pods) {
        this.watch = watch;
        this.lock = lock;
        for (var pod : pods) {
            threads.add(
                    Thread.ofPlatform().daemon().name("sampler-" + pod.name()).start(() -> run(pod)));
        }
    }

    void every(Duration interval) {
        this.interval = interval;
    }

    private void run(Pod pod) {
        while (!closed) {
            try (var connection = new StateConnection(pod.port(), lock, TIMEOUT)) {
                sample(pod.name(), connection);
            } catch (IOException _) {
                // Killed, frozen or starting: no answer proves nothing, so there is no sample.
                LockSupport.parkNanos(interval.toNanos());
            }
        }
    }

    private void sample(String pod, StateConnection connection) throws IOException {
        while (!closed) {
            var sentAt = System.nanoTime();
            var state = connection.ask();
            watch.saw(Sample.of(pod, sentAt, System.nanoTime(), state));
            LockSupport.parkNanos(sentAt + interval.toNanos() - System.nanoTime());
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
