package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What to lock, and how.
 *
 * @param name unique within its node set; at most 512 printable ASCII characters without spaces
 * @param leaseDuration a crash frees the lock after at most this long
 * @param lockDelay who takes the lock from a holder that vanished without releasing waits this long before it reports
 * @param maxHold a lease is not renewed beyond this; absent: no bound
 * @param declared whether nodes keep the lock's fencing number for ever. Names without a bound in number (the keys of a
 *     Mutex) are not declared: their number is forgotten an hour or more after the last use, which is safe, since a node
 *     then falls back on the largest number of any lock
 */
public record Lock(
        String name, Duration leaseDuration, Duration lockDelay, Optional<Duration> maxHold, boolean declared) {

    private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,512}");

    /** Checks the name and the signs of durations; the lease's length is checked against its node set on acquisition. */
    public Lock {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "lock name \"" + name + "\": use 1 to 512 printable ASCII characters without spaces");
        }
        if (lockDelay.isNegative()) {
            throw new IllegalArgumentException("lockDelay is " + lockDelay + "; set 0 or more");
        }
        maxHold.ifPresent(bound -> {
            if (!bound.isPositive()) {
                throw new IllegalArgumentException("maxHold is " + bound + "; set more than 0, or leave it out");
            }
        });
    }

    /** A lock that a DistributedLock resource declares. */
    public static Lock declared(String name, Duration leaseDuration) {
        return new Lock(name, leaseDuration, Duration.ZERO, Optional.empty(), true);
    }

    /** A key of a Mutex lock, or any name that only exists while it is used. */
    public static Lock dynamic(String name, Duration leaseDuration) {
        return new Lock(name, leaseDuration, Duration.ZERO, Optional.empty(), false);
    }

    /** Milliseconds that nodes keep this lock's entry after its last use; 0: for ever. */
    long keepMillis() {
        if (declared) {
            return 0;
        }
        long lease =
                Math.max(10 * leaseDuration.toMillis(), Duration.ofMinutes(10).toMillis());
        return Math.max(Duration.ofHours(1).toMillis(), 2 * lease);
    }
}
