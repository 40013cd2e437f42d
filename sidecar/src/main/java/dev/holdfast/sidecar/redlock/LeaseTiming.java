package dev.holdfast.sidecar.redlock;

import java.time.Duration;

/**
 * Every duration of a lease, derived once from its length; all in nanoseconds.
 *
 * @param lease the length that nodes record (TTL); a contender waits it out on its own clock
 * @param validity how long one acknowledgement counts for the holder, from the moment its request was sent
 * @param acquireWithin an acquisition that takes longer, from first send to final check, does not count
 * @param renewEvery how often the holder renews
 * @param rejoinEvery how often it asks nodes again that have not acknowledged
 * @param operationTimeout how long a node may take to answer
 * @param riskBudget how long before the end of validity the holder is told that it is at risk: a renewal failed by then, and
 *     less than half of the lease is left
 * @param pollEvery how often a waiter looks, in case a notification got lost
 */
public record LeaseTiming(
        long lease,
        long validity,
        long acquireWithin,
        long renewEvery,
        long rejoinEvery,
        long operationTimeout,
        long riskBudget,
        long pollEvery) {

    /** Shorter leases leave no room for a lost renewal. */
    public static final Duration SHORTEST = Duration.ofMillis(100);

    public static final Duration LONGEST = Duration.ofMinutes(10);

    private static final long GUARD = Duration.ofMillis(10).toNanos();
    static final Duration SLOWEST_OPERATION = Duration.ofMillis(500);

    /**
     * Derives the timing of a lease.
     *
     * @param drift the largest rate error of any clock, e.g. 0.05
     * @throws IllegalArgumentException if the lease is too short or too long to be held safely
     */
    public static LeaseTiming of(Duration leaseDuration, double drift) {
        if (leaseDuration.compareTo(SHORTEST) < 0 || leaseDuration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("leaseDuration is " + text(leaseDuration) + "; set it between "
                    + text(SHORTEST) + " and " + text(LONGEST));
        }
        if (!(drift >= 0 && drift <= 0.2)) {
            throw new IllegalArgumentException("clock drift is " + drift + "; set it between 0 and 0.2");
        }
        long lease = leaseDuration.toNanos();
        long validity = (long) (lease * (1 - drift) / (1 + drift)) - GUARD;
        long operationTimeout = Math.min(SLOWEST_OPERATION.toNanos(), lease / 10);
        long stopBudget = lease / 10;
        // Two rounds of renewal may be lost before it is time to stop.
        long renewEvery = Math.min(lease / 3, (validity - stopBudget - operationTimeout) / 2);
        if (renewEvery <= operationTimeout) {
            throw new IllegalArgumentException("leaseDuration " + text(leaseDuration)
                    + " leaves no time to renew with a" + " clock drift of " + drift + "; set a longer leaseDuration");
        }
        // Later than this after the last renewal, the next one has been sent and waited for in vain.
        long riskBudget = Math.min(lease / 2, validity - renewEvery - operationTimeout);
        return new LeaseTiming(
                lease, validity, lease / 2, renewEvery, renewEvery / 3, operationTimeout, riskBudget, lease / 8);
    }

    long leaseMillis() {
        return lease / 1_000_000;
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
