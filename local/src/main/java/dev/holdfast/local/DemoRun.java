package dev.holdfast.local;

import java.time.Duration;

/** {@code ./holdfast demo}: the demo with everything around it. */
final class DemoRun {
    private final Screen screen;
    private final LocalCluster cluster;

    DemoRun(Screen screen, LocalCluster cluster) {
        this.screen = screen;
        this.cluster = cluster;
    }

    void run(long startedAt) throws LocalFailure {
        var watch = new HolderWatch();
        var report = new DemoReport();
        var lock = cluster.locks().getFirst().metadata().name();
        try (var sampler = new Sampler(watch, lock, cluster.pods())) {
            new Demo(screen, cluster, watch, sampler, report).run(startedAt);
        } catch (LocalFailure e) {
            if (!cluster.isClosed()) {
                screen.wrong(String.valueOf(e.getMessage()));
                print(report, watch, startedAt);
            }
            throw e;
        }
        print(report, watch, startedAt);
    }

    private void print(DemoReport report, HolderWatch watch, long startedAt) {
        report.print(screen, watch, Duration.ofNanos(System.nanoTime() - startedAt));
    }
}
