package dev.holdfast.local;

import dev.holdfast.crds.DurationText;
import dev.holdfast.local.LocalFailure.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code ./holdfast local}: the system until somebody ends it. */
final class LocalRun {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final Duration REPLY = Duration.ofMillis(500);

    private final Screen screen;
    private final LocalCluster cluster;

    LocalRun(Screen screen, LocalCluster cluster) {
        this.screen = screen;
        this.cluster = cluster;
    }

    static void requireFreePorts(ClusterPlan plan) throws Usage {
        for (int pod = 0; pod < plan.pods(); pod++) {
            int port = plan.portOf(pod);
            if (port + 1 > 65_535) {
                throw new Usage("pod-" + pod + " would listen on port " + port + "; choose a lower --port");
            }
            for (int wanted : List.of(port, port + 1)) {
                if (!Ports.isFree(wanted)) {
                    throw new Usage("port " + wanted + " of pod-" + pod + " is taken; choose another with --port");
                }
            }
        }
    }

    /** Returns only by being interrupted. */
    void run() throws LocalFailure {
        announce();
        var table = new LiveTable(screen);
        try (var supervisor = new Supervisor(cluster::isClosed, table::say)) {
            cluster.children().forEach(supervisor::look);
            while (!cluster.isClosed()) {
                table.show(look());
                Pause.of(BETWEEN_LOOKS);
            }
        }
    }

    private void announce() {
        for (var lock : cluster.locks()) {
            screen.line("  lock " + lock.metadata().name() + ", leaseDuration "
                    + DurationText.format(lock.spec().leaseDuration()));
        }
        for (var pod : cluster.pods()) {
            screen.line("  " + pod.name() + "  HOLDFAST_URL=" + pod.api().url());
        }
        for (var node : cluster.nodes()) {
            screen.line("  " + node.child().name() + "  " + node.address());
        }
        screen.line("  logs in " + cluster.logs() + "; Ctrl-C stops everything");
        screen.line("");
    }

    private List<LiveTable.Row> look() throws LocalFailure {
        var rows = new ArrayList<LiveTable.Row>();
        InParallel.each(cluster.pods(), pod -> {
            var mine = look(pod);
            synchronized (rows) {
                rows.addAll(mine);
            }
        });
        rows.sort(Comparator.comparing(LiveTable.Row::lock)
                .thenComparingInt(row -> row.pod().length())
                .thenComparing(LiveTable.Row::pod));
        return rows;
    }

    private List<LiveTable.Row> look(Pod pod) {
        try {
            return pod.api().locks(REPLY).stream()
                    .map(state -> new LiveTable.Row(pod.name(), state.lock(), state))
                    .toList();
        } catch (IOException _) {
            return cluster.locks().stream()
                    .map(lock -> new LiveTable.Row(pod.name(), lock.metadata().name(), null))
                    .toList();
        }
    }
}
