package dev.holdfast.sidecar.config;

import java.time.Duration;

/**
 * How to find out whether the application is healthy.
 *
 * @param path of the request to 127.0.0.1; a status from 200 to 399 is healthy
 * @param period from one request to the next
 * @param failureThreshold so many failures in a row are unhealthy; one success is healthy again
 */
public record AppHealth(String path, int port, Duration period, int failureThreshold) {

    /** Checks the ranges. */
    public AppHealth {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("appHealth.path is \"" + path + "\"; begin it with /");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("appHealth.port is " + port + "; set 1 to 65535");
        }
        if (!period.isPositive() || failureThreshold < 1) {
            throw new IllegalArgumentException("appHealth.period and failureThreshold must be above 0");
        }
    }
}
