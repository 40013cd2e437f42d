package dev.holdfast.crds;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a lock promises and to whom it is shown. */
public record DistributedLockSpec(
        Mode mode,
        String nodeSet,
        Duration leaseDuration,
        Duration lockDelay,
        @Nullable Duration maxHold,
        Exposure exposure,
        @Nullable AppHealth appHealth) {

    public static final String DEFAULT_NODE_SET = "default";
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);
    public static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    public static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

    public enum Mode {
        /** Every sidecar of the lock campaigns and one pod holds. */
        Leader,
        /** Applications take keys under this lock on demand. */
        Mutex
    }

    public enum ReadinessGate {
        Off,
        /** Only the holder's pod is Ready. */
        Holder
    }

    public record Exposure(
            ReadinessGate readinessGate, @Nullable HolderService service) {
        public static final Exposure NONE = new Exposure(ReadinessGate.Off, null);
    }

    /** A Service whose only endpoint is the holder; named like the lock unless it says otherwise. */
    public record HolderService(@Nullable String name, List<Port> ports) {
        public HolderService {
            ports = List.copyOf(ports);
        }
    }

    /** {@code targetPort} is a number or the name of a container port. */
    public record Port(
            @Nullable String name, int port, @Nullable String targetPort) {}

    /** An unhealthy application resigns and does not campaign. */
    public record AppHealth(HttpGet httpGet, int periodSeconds, int failureThreshold) {
        public static final int DEFAULT_PERIOD_SECONDS = 5;
        public static final int DEFAULT_FAILURE_THRESHOLD = 3;
    }

    public record HttpGet(String path, int port) {}
}
