package dev.holdfast.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a lock promises and to whom it is shown. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.mode == 'Leader' || !has(self.exposure) || (self.exposure.readinessGate == 'Off' &&"
                + " !has(self.exposure.service))",
        message = "exposure shows the holder of a lock of mode Leader; a Mutex lock has none: remove exposure")
@ValidationRule(
        value = "!has(self.appHealth) || self.mode == 'Leader'",
        message = "appHealth decides who campaigns for a lock of mode Leader; remove it from a Mutex lock")
public record DistributedLockSpec(
        @JsonPropertyDescription(
                "Leader: every sidecar of the lock campaigns and one pod holds. Mutex: applications take keys"
                        + " under this lock on demand.")
        @Default("Leader")
        @ValidationRule(value = "self == oldSelf", message = "mode never changes; make a new lock")
        Mode mode,

        @JsonPropertyDescription(
                "The RedisNodeSet of the same namespace that votes. The one named default is created when it is absent.")
        @Default(DEFAULT_NODE_SET)
        @Size(min = 1, max = 40)
        @ValidationRule(
                value = "self == oldSelf",
                message = "nodeSet never changes, for pods that run would go on voting on the old one; make a new lock")
        String nodeSet,

        @JsonPropertyDescription(
                "How long a holder that vanished keeps the lock, from 1s to 10m, at most the node set's"
                        + " maxLeaseDuration. Holders renew at a third of it.")
        @SchemaFrom(type = String.class)
        @DurationField
        @ValidationRule(
                value = "duration(self) >= duration('1s') && duration(self) <= duration('10m')",
                message = "leaseDuration must be from 1s to 10m")
        Duration leaseDuration,

        @JsonPropertyDescription("Nobody may take the lock for this long after a holder vanished without releasing.")
        @SchemaFrom(type = String.class)
        @DurationField
        @ValidationRule(value = "duration(self) <= duration('10m')", message = "lockDelay must be at most 10m")
        Duration lockDelay,

        @JsonPropertyDescription("Leader: the holder resigns after so long. Mutex: a key is taken back after so long.")
        @SchemaFrom(type = String.class)
        @DurationField
        @ValidationRule(
                value = "duration(self) >= duration('1s')",
                message = "maxHold must be at least 1s; leave it out for no limit")
        @Nullable
        Duration maxHold,

        @JsonPropertyDescription("To whom the holder is shown.")
        Exposure exposure,

        @JsonPropertyDescription(
                "A check of the application: until it succeeds its pod does not campaign, and when it fails the pod resigns."
                        + " Where the application starts only when the lock is held, failures count from its first success on.")
        @Nullable
        AppHealth appHealth) {

    public static final String DEFAULT_NODE_SET = "default";
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);
    public static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    public static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

    public DistributedLockSpec {
        // What the API server has no default for arrives as null.
        exposure = exposure == null ? Exposure.NONE : exposure;
    }

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

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Exposure(
            @JsonPropertyDescription(
                    "Holder: pods of the lock get a readiness gate that only the holder meets. Write \"Off\" in"
                            + " quotes: bare, YAML takes it for a boolean.")
            @Default("Off")
            ReadinessGate readinessGate,

            @JsonPropertyDescription("A Service whose only endpoint is the holder.") @Nullable
            HolderService service) {
        public static final Exposure NONE = new Exposure(ReadinessGate.Off, null);

        public Exposure {
            readinessGate = readinessGate == null ? ReadinessGate.Off : readinessGate;
        }
    }

    /** A Service whose only endpoint is the holder; named like the lock unless it says otherwise. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record HolderService(
            @JsonPropertyDescription("The Service's name; the lock's when left out.")
            @Pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$")
            @Size(max = 63)
            @Nullable
            String name,

            @JsonPropertyDescription("The Service's ports.")
            @Required
            @Size(min = 1, max = 20)
            @ValidationRule(
                    value = "size(self) == 1 || self.all(port, has(port.name))",
                    message = "several ports need a name each")
            List<Port> ports) {
        public HolderService {
            ports = List.copyOf(ports);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Port(
            @JsonPropertyDescription("The port's name; needed when there are several.")
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
            @Size(max = 63)
            @Nullable
            String name,

            @JsonPropertyDescription("The Service's port.") @Required @Min(1) @Max(65535)
            int port,

            @JsonPropertyDescription("The container's port, or its name; the Service's port when left out.") @Nullable
            IntOrString targetPort) {}

    /** An unhealthy application resigns and does not campaign. */
    public record AppHealth(
            @JsonPropertyDescription("The request that a healthy application answers with a status from 200 to 399.")
            @Required
            HttpGet httpGet,

            @JsonPropertyDescription("Seconds from one request to the next.") @Default("5") @Min(1) @Max(3600)
            int periodSeconds,

            @JsonPropertyDescription("So many failures in a row make an application unhealthy.")
            @Default("3")
            @Min(1)
            @Max(100)
            int failureThreshold) {
        public static final int DEFAULT_PERIOD_SECONDS = 5;
        public static final int DEFAULT_FAILURE_THRESHOLD = 3;

        /** Zero, which is what Java makes of an absent number, is the default. */
        public AppHealth {
            periodSeconds = periodSeconds == 0 ? DEFAULT_PERIOD_SECONDS : periodSeconds;
            failureThreshold = failureThreshold == 0 ? DEFAULT_FAILURE_THRESHOLD : failureThreshold;
        }
    }

    public record HttpGet(
            @JsonPropertyDescription("The path, such as /healthz.") @Required @Pattern("^/.*$") @Size(max = 1024)
            String path,

            @JsonPropertyDescription("The port, on the pod's loopback.") @Required @Min(1) @Max(65535)
            int port) {}
}
