package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.LeaseEvent;
import dev.holdfast.sidecar.redlock.Renewal;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;

/** One lock's series, looked up once. Thread-safe. */
final class LockLeases {

    private static final double NANOS = 1e9;

    private final GaugeDataPoint waiters;
    private final CounterDataPoint acquired;
    private final CounterDataPoint held;
    private final CounterDataPoint contended;
    private final CounterDataPoint noQuorum;
    private final CounterDataPoint cancelled;
    private final DistributionDataPoint waits;
    private final DistributionDataPoint handOvers;
    private final CounterDataPoint renewed;
    private final CounterDataPoint missed;
    private final CounterDataPoint renewedTooLate;
    private final DistributionDataPoint renewalLatencies;
    private final CounterDataPoint released;
    private final CounterDataPoint lost;
    private final CounterDataPoint overdue;
    private final DistributionDataPoint holds;

    LockLeases(LeaseMetrics of, String lock) {
        waiters = of.waiters.labelValues(lock);
        acquired = of.acquisitions.labelValues(lock, "acquired");
        held = of.acquisitions.labelValues(lock, "held");
        contended = of.acquisitions.labelValues(lock, "contended");
        noQuorum = of.acquisitions.labelValues(lock, "no-quorum");
        cancelled = of.acquisitions.labelValues(lock, "cancelled");
        waits = of.waits.labelValues(lock);
        handOvers = of.handOvers.labelValues(lock);
        renewed = of.renewals.labelValues(lock, "renewed");
        missed = of.renewals.labelValues(lock, "missed");
        renewedTooLate = of.renewals.labelValues(lock, "lost");
        renewalLatencies = of.renewalLatencies.labelValues(lock);
        released = of.endings.labelValues(lock, "released");
        lost = of.endings.labelValues(lock, "lost");
        overdue = of.endings.labelValues(lock, "overdue");
        holds = of.holds.labelValues(lock);
    }

    void joinedLine() {
        waiters.inc();
    }

    void leftLine() {
        waiters.dec();
    }

    void contended(Acquisition result, long nanos) {
        switch (result) {
            case Acquisition.Acquired _ -> {
                acquired.inc();
                waits.observe(nanos / NANOS);
            }
            case Acquisition.HeldByAnother _ -> held.inc();
            case Acquisition.Contended _ -> contended.inc();
            case Acquisition.NoQuorum _ -> noQuorum.inc();
            case Acquisition.Cancelled _ -> cancelled.inc();
        }
    }

    void handedOver(long nanos) {
        handOvers.observe(nanos / NANOS);
    }

    void renewed(Renewal outcome, long nanos) {
        switch (outcome) {
            case Renewal.Renewed _ -> {
                renewed.inc();
                renewalLatencies.observe(nanos / NANOS);
            }
            case Renewal.Missed _ -> missed.inc();
            case Renewal.Lost _ -> renewedTooLate.inc();
        }
    }

    void ended(LeaseEvent.Ending ending, long nanos) {
        holds.observe(nanos / NANOS);
        switch (ending) {
            case RELEASED -> released.inc();
            case LOST -> lost.inc();
            case OVERDUE -> overdue.inc();
        }
    }
}
