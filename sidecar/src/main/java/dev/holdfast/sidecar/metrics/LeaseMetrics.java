package dev.holdfast.sidecar.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What becomes of leases, by lock: an election's, and those of a Mutex lock's keys, all keys together. Thread-safe. */
final class LeaseMetrics {

    final Gauge waiters;
    final Counter acquisitions;
    final Histogram waits;
    final Histogram handOvers;
    final Counter renewals;
    final Histogram renewalLatencies;
    final Counter endings;
    final Histogram holds;
    private final Map<String, LockLeases> locks = new ConcurrentHashMap<>();

    LeaseMetrics(PrometheusRegistry registry) {
        Histograms histograms = new Histograms(registry);
        waiters = Gauge.builder()
                .name("holdfast_lock_waiters")
                .help("How many of this pod wait in line for the lock now")
                .labelNames("lock")
                .register(registry);
        acquisitions =
                counter(registry, "holdfast_lock_acquisitions_total", "Acquisitions that ended, by how", "outcome");
        waits = histograms.ofWaits(
                "holdfast_lock_wait_duration_seconds",
                "How long acquisitions took that succeeded, all waiting included",
                "lock");
        handOvers = histograms.ofHandOvers(
                "holdfast_lock_handover_duration_seconds",
                "From a waiter's seeing that the holder had released the lock to its having it",
                "lock");
        renewals = counter(registry, "holdfast_lock_renewals_total", "Rounds of renewal, by how they ended", "outcome");
        renewalLatencies = histograms.ofRoundTrips(
                "holdfast_lock_renewal_duration_seconds", "How long a quorum of nodes took to renew a lease", "lock");
        endings = counter(registry, "holdfast_lock_leases_ended_total", "Leases that are over, by why", "reason");
        holds = histograms.ofHolds(
                "holdfast_lock_hold_duration_seconds", "How long leases were held that are over", "lock");
    }

    /** Shows a lock from now on, with zeros. */
    void add(String lock) {
        of(lock);
    }

    /** The lock's, or those of the lock that the key is of: keys have no end, so none is a label. */
    LockLeases of(String name) {
        int slash = name.indexOf('/');
        String lock = slash < 0 ? name : name.substring(0, slash);
        LockLeases known = locks.get(lock);
        return known == null ? locks.computeIfAbsent(lock, _ -> new LockLeases(this, lock)) : known;
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help, String by) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames("lock", by)
                .withoutExemplars()
                .register(registry);
    }
}
