package dev.holdfast.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a lock. It changes on transitions only, never on renewals. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DistributedLockStatus(
        @JsonPropertyDescription("Ready, NodeSetReady, Held and RolloutSafe.")
        List<Condition> conditions,

        @JsonPropertyDescription("The pod that holds the lock; absent when nobody does. Mode Leader only.") @Nullable
        Holder holder,

        @JsonPropertyDescription("How many pods campaign for the lock, the holder included.")
        int candidates,

        @JsonPropertyDescription("How often the holder changed.")
        long transitions,

        @JsonPropertyDescription("The generation of the spec that this status is about.")
        long observedGeneration) {

    public DistributedLockStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /** Who holds. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Holder(
            @JsonPropertyDescription("The holder's pod.") String pod,
            @JsonPropertyDescription("The pod's uid.") String uid,

            @JsonPropertyDescription("The token of this hold: greater than that of every earlier one.")
            long fencingToken,

            @JsonPropertyDescription("Since when, for people: as the holder's clock had it.") @Nullable
            String since) {}
}
