package dev.holdfast.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many nodes, what they run, and what they promise to keep. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "has(self.storage) == has(oldSelf.storage)",
        message = "storage never changes; make a new node set")
@ValidationRule(
        value = "has(self.external) == has(oldSelf.external)",
        message = "a node set is external or not for ever; make a new node set")
@ValidationRule(
        value = "!has(self.external) || !has(self.storage)",
        message = "external nodes bring their own storage; remove storage")
public record RedisNodeSetSpec(
        @JsonPropertyDescription(
                "How many independent masters: 1, 3, 5, 7 or 9. One tolerates no failure, three tolerate one.")
        @Default("3")
        @ValidationRule(value = "self in [1, 3, 5, 7, 9]", message = "nodes must be 1, 3, 5, 7 or 9")
        @ValidationRule(value = "self == oldSelf", message = "nodes never changes; make a new node set")
        int nodes,

        @JsonPropertyDescription("The nodes' image: Redis from 6.2 on, or Valkey.")
        @Default(DEFAULT_IMAGE)
        @Size(min = 1, max = 512)
        String image,

        @JsonPropertyDescription(
                "Secrets with which the image is pulled. Without any: those of the namespace's default ServiceAccount.")
        @Size(max = 20)
        List<PullSecret> imagePullSecrets,

        @JsonPropertyDescription(
                "No lease of this set is longer, and a node that may have forgotten is kept out for as long."
                        + " From 1s to 10m.")
        @SchemaFrom(type = String.class)
        @DurationField
        @ValidationRule(
                value = "duration(self) >= duration('1s') && duration(self) <= duration('10m')",
                message = "maxLeaseDuration must be from 1s to 10m")
        @ValidationRule(value = "self == oldSelf", message = "maxLeaseDuration never changes; make a new node set")
        Duration maxLeaseDuration,

        @JsonPropertyDescription(
                "A volume per node. Without it a node keeps nothing over a restart and is quarantined after it.")
        @ValidationRule(value = "self == oldSelf", message = "storage never changes; make a new node set")
        @Nullable
        Storage storage,

        @JsonPropertyDescription("Requests and limits of each node's container.")
        Resources resources,

        @JsonPropertyDescription(
                "Whether nodes speak TLS. Write \"On\" and \"Off\" in quotes: bare, YAML takes them for" + " booleans.")
        @Default("Off")
        @ValidationRule(
                value = "self == oldSelf",
                message =
                        "tls never changes, for pods that run would not reach the nodes any more; make a new node set")
        Tls tls,

        @JsonPropertyDescription("Where nodes may run.") Scheduling scheduling,

        @JsonPropertyDescription("Nodes that exist already; the operator starts none.") @Nullable
        External external) {

    public static final int NODES = 3;
    /** Odd, because an even number tolerates no more failures than the odd one below it. */
    public static final List<Integer> NODE_COUNTS = List.of(1, 3, 5, 7, 9);

    public static final String DEFAULT_IMAGE = "valkey/valkey:8.1-alpine";
    public static final Duration DEFAULT_MAX_LEASE = Duration.ofSeconds(60);

    public RedisNodeSetSpec {
        // What the API server has no default for arrives as null.
        imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
        resources = resources == null ? Resources.NONE : resources;
        scheduling = scheduling == null ? Scheduling.NONE : scheduling;
    }

    public static RedisNodeSetSpec ofNodes(int nodes) {
        return new RedisNodeSetSpec(
                nodes,
                DEFAULT_IMAGE,
                List.of(),
                DEFAULT_MAX_LEASE,
                null,
                Resources.NONE,
                Tls.Off,
                Scheduling.NONE,
                null);
    }

    /** A Secret of the node set's namespace. */
    public record PullSecret(
            @JsonPropertyDescription("The Secret's name.") @Required @Size(min = 1, max = 253)
            String name) {}

    public enum Tls {
        Off,
        On
    }

    /** Without storage a node keeps nothing over a restart and is quarantined after it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Storage(
            @JsonPropertyDescription("The volume's size, such as 1Gi.")
            @Required
            @Size(min = 1, max = 20)
            @ValidationRule(value = "isQuantity(self)", message = "size is an amount of bytes, such as 1Gi")
            String size,

            @JsonPropertyDescription("The volume's class; the cluster's default when left out.")
            @Size(min = 1, max = 253)
            @Nullable
            String storageClassName) {}

    /** Kubernetes quantities by resource name. */
    public record Resources(
            @JsonPropertyDescription("What a node is given.")
            @ValidationRule(value = IS_QUANTITIES, message = "write amounts such as 100m for cpu and 128Mi for memory")
            Map<String, String> requests,

            @JsonPropertyDescription("What a node may not exceed.")
            @ValidationRule(value = IS_QUANTITIES, message = "write amounts such as 100m for cpu and 128Mi for memory")
            Map<String, String> limits) {
        private static final String IS_QUANTITIES = "self.all(name, isQuantity(self[name]))";

        public static final Resources NONE = new Resources(Map.of(), Map.of());

        public Resources {
            requests = requests == null ? Map.of() : Map.copyOf(requests);
            limits = limits == null ? Map.of() : Map.copyOf(limits);
        }
    }

    public enum Spread {
        /** Two nodes on one machine if there is no other place. */
        Preferred,
        /** Never two nodes on one machine. */
        Required
    }

    public record Scheduling(
            @JsonPropertyDescription("Labels that a machine must have.")
            Map<String, String> nodeSelector,

            @JsonPropertyDescription("Taints that do not matter.") @Size(max = 20)
            List<Toleration> tolerations,

            @JsonPropertyDescription("Preferred: two nodes on one machine if there is no other place. Required: never.")
            @Default("Preferred")
            Spread spread) {
        public static final Scheduling NONE = new Scheduling(Map.of(), List.of(), Spread.Preferred);

        public Scheduling {
            nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
            tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
            spread = spread == null ? Spread.Preferred : spread;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Toleration(
            @JsonPropertyDescription("The taint's key; every key when left out.") @Nullable
            String key,

            @JsonPropertyDescription("Equal or Exists.") @Nullable
            String operator,

            @JsonPropertyDescription("The taint's value.") @Nullable
            String value,

            @JsonPropertyDescription("NoSchedule, PreferNoSchedule or NoExecute.") @Nullable
            String effect,

            @JsonPropertyDescription("How long a NoExecute taint is borne.") @Nullable
            Integer tolerationSeconds) {}

    /** Nodes that exist already; Holdfast starts none. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record External(
            @JsonPropertyDescription("The nodes as host:port, slot by slot: 1, 3, 5, 7 or 9.")
            @Required
            @Size(min = 1, max = 9)
            @ValidationRule(value = "size(self) in [1, 3, 5, 7, 9]", message = "list 1, 3, 5, 7 or 9 endpoints")
            @ValidationRule(
                    value = "size(self) == size(oldSelf)",
                    message = "the number of endpoints never changes; make a new node set")
            List<String> endpoints,

            @JsonPropertyDescription("A Secret with username, password and, for TLS, ca.crt.")
            @Size(min = 1, max = 253)
            @Nullable
            String credentialsSecret,

            @JsonPropertyDescription("Whether the nodes speak TLS. Write \"On\" and \"Off\" in quotes.") @Default("Off")
            Tls tls) {
        public External {
            endpoints = List.copyOf(endpoints);
            tls = tls == null ? Tls.Off : tls;
        }
    }
}
