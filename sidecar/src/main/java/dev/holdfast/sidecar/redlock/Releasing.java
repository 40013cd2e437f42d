package dev.holdfast.sidecar.redlock;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives an attempt's nodes back. Nodes that do not answer are asked again in the background, until what they
 * acknowledged has run out. It counts as given back when each has answered or been silent once. Thread-safe.
 */
final class Releasing {

    /** Long enough for a successor's round trip, short enough to lose if it is gone. */
    private static final long RESERVE_MILLIS = 300;

    private final Claim claim;
    private final Redlock redlock;
    private final boolean clean;
    private final String successor;
    private final IntPredicate concerned;
    private final Tick startedAt;
    private final CompletableFuture<Release> done = new CompletableFuture<>();
    private final BitSet unheard = new BitSet();
    private final BitSet confirmed = new BitSet();
    private final List<NodeFault> faults = new ArrayList<>(0);

    /** @param concerned the slots that may have something of the attempt's */
    Releasing(Claim claim, boolean clean, String successor, IntPredicate concerned) {
        this.claim = claim;
        this.redlock = claim.redlock;
        this.clean = clean;
        this.successor = successor;
        this.concerned = concerned;
        this.startedAt = redlock.now();
    }

    /** Completes when it is decided whether a quorum of nodes confirmed. */
    CompletableFuture<Release> start() {
        BitSet asked = new BitSet();
        for (int slot = 0; slot < redlock.nodes().size(); slot++) {
            if (concerned.test(slot)) {
                asked.set(slot);
            }
        }
        synchronized (this) {
            unheard.or(asked);
        }
        redlock.ask(asked, _ -> request(), this::onReply);
        if (asked.isEmpty()) {
            redlock.underway().end();
        }
        return done;
    }

    private Request request() {
        return claim.release(clean, successor, successor.isEmpty() ? 0 : RESERVE_MILLIS);
    }

    private void onReply(int slot, Reply reply) {
        @Nullable Release decided;
        boolean last;
        synchronized (this) {
            last = unheard.get(slot) && unheard.cardinality() == 1;
            unheard.clear(slot);
            switch (reply) {
                case Reply.Done _, Reply.Gone _ -> confirmed.set(slot);
                case Reply.NoVote(var reason) -> fault(slot, reason);
                case Reply.Unreachable(var reason) -> {
                    fault(slot, reason);
                    retry(slot);
                }
                default -> throw new IllegalStateException("not an answer to a release: " + reply);
            }
            decided = decide();
        }
        if (decided != null) {
            done.complete(decided);
        }
        if (last) {
            redlock.underway().end();
        }
    }

    private @Nullable Release decide() {
        int nodes = redlock.nodes().size();
        if (confirmed.cardinality() >= redlock.quorum()) {
            return new Release.Confirmed(confirmed.cardinality());
        }
        return nodes - faults.size() < redlock.quorum()
                ? new Release.Unconfirmed(confirmed.cardinality(), List.copyOf(faults))
                : null;
    }

    private void fault(int slot, String reason) {
        String node = redlock.nodes().get(slot).address();
        faults.removeIf(fault -> fault.node().equals(node));
        faults.add(new NodeFault(node, reason));
    }

    private void retry(int slot) {
        if (redlock.now().mostSince(startedAt) < claim.timing.lease()) {
            redlock.after(
                    claim.timing.operationTimeout(), () -> redlock.ask(slot, request(), reply -> onReply(slot, reply)));
        }
    }
}
