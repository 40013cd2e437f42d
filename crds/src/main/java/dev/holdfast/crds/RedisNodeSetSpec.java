package dev.holdfast.crds;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many nodes, what they run, and what they promise to keep. */
public record RedisNodeSetSpec(
        int nodes,
        String image,
        Duration maxLeaseDuration,
        @Nullable Storage storage,
        Resources resources,
        Tls tls,
        Scheduling scheduling,
        @Nullable External external) {

    public static final int NODES = 3;
    /** Odd, because an even number tolerates no more failures than the odd one below it. */
    public static final List<Integer> NODE_COUNTS = List.of(1, 3, 5, 7, 9);

    public static final String DEFAULT_IMAGE = "valkey/valkey:8.1-alpine";
    public static final Duration DEFAULT_MAX_LEASE = Duration.ofSeconds(60);

    public static RedisNodeSetSpec ofNodes(int nodes) {
        return new RedisNodeSetSpec(
                nodes, DEFAULT_IMAGE, DEFAULT_MAX_LEASE, null, Resources.NONE, Tls.Off, Scheduling.NONE, null);
    }

    public enum Tls {
        Off,
        On
    }

    /** Without storage a node keeps nothing over a restart and is quarantined after it. */
    public record Storage(String size, @Nullable String storageClassName) {}

    /** Kubernetes quantities by resource name. */
    public record Resources(Map<String, String> requests, Map<String, String> limits) {
        public static final Resources NONE = new Resources(Map.of(), Map.of());

        public Resources {
            requests = Map.copyOf(requests);
            limits = Map.copyOf(limits);
        }
    }

    public enum Spread {
        /** Two nodes on one machine if there is no other place. */
        Preferred,
        /** Never two nodes on one machine. */
        Required
    }

    public record Scheduling(Map<String, String> nodeSelector, List<Toleration> tolerations, Spread spread) {
        public static final Scheduling NONE = new Scheduling(Map.of(), List.of(), Spread.Preferred);

        public Scheduling {
            nodeSelector = Map.copyOf(nodeSelector);
            tolerations = List.copyOf(tolerations);
        }
    }

    public record Toleration(
            @Nullable String key,
            @Nullable String operator,
            @Nullable String value,
            @Nullable String effect,
            @Nullable Integer tolerationSeconds) {}

    /** Nodes that exist already; Holdfast starts none. */
    public record External(List<String> endpoints, @Nullable String credentialsSecret, Tls tls) {
        public External {
            endpoints = List.copyOf(endpoints);
        }
    }
}
