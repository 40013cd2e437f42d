package dev.holdfast.sidecar.redlock;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many schedules on a few threads, and what came of them. */
final class Campaign {

    private static final int MOST_FAILURES = 20;

    private final Statistics statistics = new Statistics();
    private final Map<Integer, Long> schedulesByNodes = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final long startedAt = System.nanoTime();
    private double leases;
    private double seconds;

    private Campaign() {}

    static Campaign run(long first, long schedules, int threads) throws InterruptedException, ExecutionException {
        Campaign campaign = new Campaign();
        AtomicLong next = new AtomicLong(first);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(executor.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            seed < first + schedules && campaign.goesOn();
                            seed = next.getAndIncrement()) {
                        campaign.add(seed);
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
        campaign.seconds = (System.nanoTime() - campaign.startedAt) / 1e9;
        return campaign;
    }

    private synchronized boolean goesOn() {
        return failures.size() < MOST_FAILURES;
    }

    private void add(long seed) {
        Simulation simulation = Simulation.of(seed);
        String failure = "";
        try {
            simulation.run();
        } catch (RuntimeException e) { // a violation, or a bug of the engine or the simulation
            failure = e instanceof Violation ? String.valueOf(e.getMessage()) : e.toString();
        }
        synchronized (this) {
            statistics.add(simulation.statistics);
            schedulesByNodes.merge(simulation.settings.nodes, 1L, Long::sum);
            leases += (double) simulation.now / simulation.settings.lease;
            if (!failure.isEmpty()) {
                failures.add("%s, at %.6f ms%n  %s%n  replay: -Dsimulation.seed=%d -Dtest=SimulationTest#oneSchedule"
                        .formatted(failure, simulation.now / 1e6, simulation.settings, seed));
            }
        }
    }

    List<String> failures() {
        return failures;
    }

    Statistics statistics() {
        return statistics;
    }

    /** A Markdown table. */
    String summary() {
        long schedules =
                schedulesByNodes.values().stream().mapToLong(Long::longValue).sum();
        StringBuilder table = new StringBuilder("| what | how often |\n|---|---|\n");
        row(table, "schedules", schedules);
        schedulesByNodes.forEach(
                (nodes, count) -> row(table, "… with " + nodes + (nodes == 1 ? " node" : " nodes"), count));
        row(table, "simulated leases (TTL)", (long) leases);
        for (Statistics.Count count : Statistics.Count.values()) {
            row(table, count.text, statistics.get(count));
        }
        row(table, "**violations**", failures.size());
        table.append("| seconds | %.0f (%.0f schedules per second) |%n".formatted(seconds, schedules / seconds));
        failures.forEach(failure -> table.append('\n').append(failure).append('\n'));
        return table.toString();
    }

    private static void row(StringBuilder table, String what, long times) {
        table.append("| %s | %,d |%n".formatted(what, times));
    }
}
