package dev.holdfast.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a node set stands. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RedisNodeSetStatus(
        @JsonPropertyDescription("Ready, Admitted, QuorumAvailable, FullStrength, UpToDate and InUse.")
        List<Condition> conditions,

        @JsonPropertyDescription("The nodes, slot by slot.") List<Node> nodes,

        @JsonPropertyDescription("How many nodes have a vote now.")
        int voting,

        @JsonPropertyDescription("How many votes a lease needs.")
        int quorum,

        @JsonPropertyDescription("The generation of the spec that this status is about.")
        long observedGeneration) {

    public RedisNodeSetStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
    }

    /** Whether a node has a vote. */
    public enum State {
        Voting,
        /** It may have forgotten what it granted, and is kept out until no lease of before can be valid. */
        Quarantined,
        Unreachable
    }

    /** One node. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Node(
            @JsonPropertyDescription("The node's StatefulSet, or its place in the list of endpoints.")
            String name,

            @JsonPropertyDescription("Where sidecars reach it.")
            String address,

            @JsonPropertyDescription("Whether it has a vote.")
            State state,

            @JsonPropertyDescription("Why it has none.") @Nullable
            String reason) {}
}
