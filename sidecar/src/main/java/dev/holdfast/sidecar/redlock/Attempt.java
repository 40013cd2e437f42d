package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition: Redlock with a fencing token.
 *
 * <ol>
 *   <li>Ask all nodes at once to tie the same new number to this attempt.
 *   <li>When a quorum granted, the largest granted number becomes the token. In the ordinary case all granted that very
 *       number, and one round trip was enough; else commit it on those that granted a smaller one.
 *   <li>It is won if a quorum stores (token, attempt) soon enough and the lease is still valid for long enough.
 *   <li>Else give back whatever was granted, also on nodes that did not answer. The id is never used again.
 * </ol>
 *
 * Thread-safe; the outcome is delivered once, outside the lock, as soon as it is decided.
 */
final class Attempt {

    private enum Vote {
        PENDING,
        GRANTED,
        COMMITTING,
        COMMITTED,
        /** No answer: the request may still be carried out. */
        SILENT,
        NONE
    }

    private final Redlock redlock;
    private final Claim claim;
    private final Observations observations;
    private final String waiter;
    private final Consumer<Outcome> done;
    private final Vote[] votes;
    private final long[] numbers;
    private final List<NodeFault> faults = new ArrayList<>(0);
    private final Tick startedAt;
    private long token;
    private int heldByOthers;
    private boolean dirty;
    private boolean decided;
    private @Nullable Lease lease;

    /** @param waiter the id under which this process waits in the lock's queue, or empty */
    Attempt(Redlock redlock, Claim claim, Observations observations, String waiter, Consumer<Outcome> done) {
        this.redlock = redlock;
        this.claim = claim;
        this.observations = observations;
        this.waiter = waiter;
        this.done = done;
        int nodes = redlock.nodes().size();
        this.votes = new Vote[nodes];
        Arrays.fill(votes, Vote.PENDING);
        this.numbers = new long[nodes];
        this.startedAt = redlock.now();
    }

    void start() {
        redlock.register(claim);
        redlock.ask(
                (slot, hint) -> claim.acquire(observations.witness(slot, startedAt), waiter, hint),
                (slot, reply) -> onReply(slot, startedAt, reply));
    }

    private void onReply(int slot, Tick sent, Reply reply) {
        Outcome outcome = null;
        synchronized (this) {
            Tick now = redlock.now();
            tally(slot, sent, now, reply);
            if (!decided) {
                outcome = decide(now);
                decided = outcome != null;
            }
        }
        if (outcome instanceof Outcome.Refused) {
            redlock.unregister(claim);
            new Releasing(claim, false, "", this::mayHold).start();
        }
        if (outcome != null) {
            done.accept(outcome);
        }
    }

    private void tally(int slot, Tick sent, Tick now, Reply reply) {
        switch (reply) {
            case Reply.Granted granted -> {
                acknowledge(slot, sent, now);
                dirty |= granted.dirty();
                numbers[slot] = granted.number();
                votes[slot] = Vote.GRANTED;
                if (token != 0) {
                    commit(slot);
                }
            }
            case Reply.Done() -> { // of a commit
                acknowledge(slot, sent, now);
                votes[slot] = Vote.COMMITTED;
            }
            case Reply.Held held -> {
                heldByOthers++;
                votes[slot] = Vote.NONE;
                observations.saw(slot, held.record(), held.number(), now);
                redlock.releaseLeftover(slot, claim.lock, held.record());
            }
            case Reply.NoVote(var reason) -> fault(slot, Vote.NONE, reason);
            case Reply.Unreachable(var reason) -> fault(slot, Vote.SILENT, reason);
            case Reply.Overtaken _, Reply.Gone _, Reply.Stale _ -> votes[slot] = Vote.NONE;
            case Reply.Observed _, Reply.Admitted _, Reply.Forgotten _ ->
                throw new IllegalStateException("not an answer to an acquisition: " + reply);
        }
    }

    /** Once the lease is won, it decides whether an acknowledgement still counts. */
    private void acknowledge(int slot, Tick sent, Tick now) {
        if (lease == null) {
            claim.acknowledgements.add(slot, sent, now);
        } else {
            lease.acknowledge(slot, sent, now);
        }
    }

    private void fault(int slot, Vote vote, String reason) {
        votes[slot] = vote;
        observations.gaveNoVote(slot);
        faults.add(new NodeFault(redlock.nodes().get(slot).address(), reason));
    }

    private @Nullable Outcome decide(Tick now) {
        int quorum = redlock.quorum();
        if (token == 0 && count(Vote.GRANTED) >= quorum) {
            for (int slot = 0; slot < votes.length; slot++) {
                token = votes[slot] == Vote.GRANTED ? Math.max(token, numbers[slot]) : token;
            }
            for (int slot = 0; slot < votes.length; slot++) {
                if (votes[slot] == Vote.GRANTED) {
                    commit(slot);
                }
            }
        }
        int committed = count(Vote.COMMITTED);
        if (committed >= quorum) {
            long remaining = claim.acknowledgements.remaining(now, quorum);
            boolean inTime = redlock.rules().acquiredInTime(claim.timing, startedAt, now, remaining);
            if (inTime) {
                Lease won = new Lease(claim, observations, token);
                lease = won;
                return new Outcome.Won(won, dirty, now.mostSince(startedAt));
            }
            return new Outcome.Refused(new Acquisition.Contended(Duration.ZERO), now.mostSince(startedAt));
        }
        int pending = count(Vote.PENDING);
        int possible = committed + pending + count(Vote.GRANTED) + count(Vote.COMMITTING);
        int cast = votes.length - faults.size() - pending;
        // Why it is refused is not known before it is known whether a quorum of nodes votes at all.
        boolean isReasonKnown = cast >= quorum || cast + pending < quorum;
        return possible >= quorum || !isReasonKnown
                ? null
                : new Outcome.Refused(refusal(cast, now), now.mostSince(startedAt));
    }

    /** The node stores the token already, or can be asked to, or has a larger number and cannot. */
    private void commit(int slot) {
        if (numbers[slot] == token) {
            votes[slot] = Vote.COMMITTED;
        } else if (numbers[slot] > token) {
            votes[slot] = Vote.NONE;
        } else {
            votes[slot] = Vote.COMMITTING;
            Tick sent = redlock.now();
            redlock.ask(slot, claim.commit(token), reply -> onReply(slot, sent, reply));
        }
    }

    private Acquisition refusal(int cast, Tick now) {
        long takeable = observations.untilTakeable(waiter, now);
        Duration retryAfter = Duration.ofNanos(takeable == Long.MAX_VALUE ? claim.timing.lease() : takeable);
        if (cast < redlock.quorum()) {
            return new Acquisition.NoQuorum(cast, redlock.quorum(), List.copyOf(faults));
        }
        if (heldByOthers == 0) {
            return new Acquisition.Contended(Duration.ZERO);
        }
        return observations
                .holder()
                .<Acquisition>map(holder -> new Acquisition.HeldByAnother(holder, retryAfter))
                .orElseGet(() -> new Acquisition.Contended(retryAfter));
    }

    private int count(Vote vote) {
        int count = 0;
        for (Vote each : votes) {
            if (each == vote) {
                count++;
            }
        }
        return count;
    }

    /** A node that said no has nothing of ours; any other may, or may come to have it. */
    private synchronized boolean mayHold(int slot) {
        return votes[slot] != Vote.NONE || numbers[slot] != 0;
    }

    /** How the attempt ended, and how long it took in nanoseconds. */
    sealed interface Outcome {
        record Won(Lease lease, boolean dirty, long nanos) implements Outcome {}

        record Refused(Acquisition refusal, long nanos) implements Outcome {}
    }
}
