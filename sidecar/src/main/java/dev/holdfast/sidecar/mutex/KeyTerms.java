package dev.holdfast.sidecar.mutex;

import java.time.Duration;

/**
 * On what terms a key is asked for.
 *
 * @param leaseDuration a crash of this process frees the key after at most this long
 * @param patience how long to wait for a key that somebody else has; zero: try once
 * @param autoRenew false: the application renews within {@code leaseDuration}, or the key is given back; true: it is held until
 *     it is released, whatever becomes of the application
 */
public record KeyTerms(Duration leaseDuration, Duration patience, boolean autoRenew) {}
