package dev.holdfast.sidecar.election;

import dev.holdfast.sidecar.election.ElectionEvent.Reason;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.LeaseEvent;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.NodeStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the election's thread reacts to. */
sealed interface Signal {
    record Won(Lease lease) implements Signal {}

    record OfLease(long token, LeaseEvent event) implements Signal {}

    record Resign(Reason reason, Duration standDown, CompletableFuture<Boolean> done) implements Signal {}

    record HandOver(long token, String successor) implements Signal {}

    record Tell(ElectionEvent event) implements Signal {}

    record Nodes(List<NodeStatus> status) implements Signal {}

    record Eligible(boolean mayLead) implements Signal {}

    record Terms(Lock lock) implements Signal {}
}
