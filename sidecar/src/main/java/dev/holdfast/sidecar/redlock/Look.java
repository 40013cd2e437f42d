package dev.holdfast.sidecar.redlock;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One look at a lock's record on every node. Changes nothing. */
final class Look {

    private final Redlock redlock;
    private final Lock lock;
    private final Observations observations;
    private final CompletableFuture<Sighting> result = new CompletableFuture<>();
    private final List<NodeFault> faults = new ArrayList<>(0);
    private int answers;

    Look(Redlock redlock, Lock lock) {
        this.redlock = redlock;
        this.lock = lock;
        this.observations = new Observations(redlock.rules(), redlock.nodes().size(), redlock.quorum());
    }

    CompletableFuture<Sighting> start() {
        BitSet all = new BitSet();
        all.set(0, redlock.nodes().size());
        redlock.ask(all, _ -> new Request.Observe(lock.name(), "", 0), this::onReply);
        return result;
    }

    private void onReply(int slot, Reply reply) {
        Sighting sighting = null;
        synchronized (this) {
            answers++;
            switch (reply) {
                case Reply.Observed seen -> observations.saw(slot, seen.record(), seen.number(), redlock.now());
                case Reply.NoVote(var reason) -> missed(slot, reason);
                case Reply.Unreachable(var reason) -> missed(slot, reason);
                default -> throw new IllegalStateException("not an answer to a look: " + reply);
            }
            // All answers: a holder whose nodes answer late must not look like nobody.
            if (answers == redlock.nodes().size()) {
                sighting = sighting();
            }
        }
        if (sighting != null) {
            result.complete(sighting);
        }
    }

    private Sighting sighting() {
        int seen = answers - faults.size();
        if (seen < redlock.quorum()) {
            return new Sighting.Unknown(new Acquisition.NoQuorum(seen, redlock.quorum(), List.copyOf(faults)));
        }
        return observations.holder().<Sighting>map(Sighting.HeldBy::new).orElseGet(Sighting.Free::new);
    }

    private void missed(int slot, String reason) {
        faults.add(new NodeFault(redlock.nodes().get(slot).address(), reason));
    }
}
