package dev.holdfast.sidecar.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;

/** Gives the same random requests to a node and to the model, and compares what they answer. */
final class DifferentialFuzz {

    private static final String[] LOCKS = {"l1", "l2", "l3"};
    private static final String[] ATTEMPTS = {"a.1@p", "b.1@p", "c.1@q", "d.1@q"};
    private static final String[] WAITERS = {"", "1@u", "2@v", "3@w", "4@v"};
    private static final String[] NAMES = {"", "u", "v", "w"};
    private static final long[] LEASES = {1000, 2000, 5000};

    private final long seed;
    private final Random random;
    private final LockNodeContract contract;
    private final InMemoryLockNode model = new InMemoryLockNode();
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private int nonces;

    DifferentialFuzz(long seed, LockNodeContract contract) {
        this.seed = seed;
        this.random = new Random(seed);
        this.contract = contract;
    }

    void run(int requests) {
        int silences = 0;
        for (int i = 0; i < requests; i++) {
            try {
                if (random.nextInt(200) == 0) {
                    wipe();
                }
                if (random.nextInt(40) == 0 || i == 0) {
                    recover();
                }
                compare(random.nextInt(30) == 0 ? onNode() : onLock());
            } catch (NoAnswerInTime _) {
                // The machine is busy, and nobody knows whether the node did it: both begin anew.
                assertThat(++silences).isLessThan(requests / 100);
                wipe();
            }
        }
    }

    private void wipe() {
        model.wipe();
        contract.wipe();
    }

    private Reply ask(Request request) throws NoAnswerInTime {
        Reply reply = contract.askOnce(request);
        if (reply instanceof Reply.Unreachable) {
            throw new NoAnswerInTime();
        }
        return reply;
    }

    private void compare(Request request) throws NoAnswerInTime {
        Reply expected = model.apply(request);
        Reply actual = ask(request);
        last.add(request + " -> " + actual);
        if (last.size() > 12) {
            last.remove();
        }
        assertThat(comparable(actual))
                .as("seed %d, reply to the last of these requests:%n%s", seed, String.join("\n", last))
                .isEqualTo(comparable(expected));
    }

    /** Without what differs between two nodes: run ids, nonces, and words for people. */
    private static Reply comparable(Reply reply) {
        return switch (reply) {
            case Reply.NoVote _ -> new Reply.NoVote("");
            case Reply.Admitted admitted -> new Reply.Admitted("", "", admitted.max());
            case Reply.Forgotten loss ->
                new Reply.Forgotten("", "", loss.life().isEmpty() ? "" : "some", loss.max(), loss.durable());
            default -> reply;
        };
    }

    /** Admits both if they have forgotten. */
    private void recover() throws NoAnswerInTime {
        Request.Status status = new Request.Status("n" + ++nonces);
        Reply expected = model.apply(status);
        Reply actual = contract.ask(status);
        assertThat(comparable(actual)).as("seed %d", seed).isEqualTo(comparable(expected));
        if (expected instanceof Reply.Forgotten mine && actual instanceof Reply.Forgotten theirs) {
            long floor = random.nextInt(3) * 40L;
            boolean durable = random.nextBoolean();
            model.apply(new Request.Admit(mine.run(), mine.nonce(), floor, 60_000, durable));
            ask(new Request.Admit(theirs.run(), theirs.nonce(), floor, 60_000, durable));
            compare(new Request.Status("n" + ++nonces)); // tells the connection the new marker
        }
    }

    private Request onNode() {
        return switch (random.nextInt(3)) {
            case 0 -> new Request.Status("n" + ++nonces);
            case 1 -> new Request.Readmit(random.nextBoolean() ? "" : "other", random.nextInt(50));
            default -> new Request.Admit("0", "other", random.nextInt(50), 60_000, true);
        };
    }

    private Request onLock() {
        String lock = LOCKS[random.nextInt(LOCKS.length)];
        String attempt = ATTEMPTS[random.nextInt(ATTEMPTS.length)];
        String waiter = WAITERS[random.nextInt(WAITERS.length)];
        NodeState.Entry at = model.entry(lock);
        long operation = at.attempt().equals(attempt) ? Math.max(1, at.operation() - 1 + random.nextInt(4)) : 1;
        long lease = LEASES[random.nextInt(LEASES.length)];
        long keep = random.nextBoolean() ? 0 : 3_600_000;
        long number = Math.max(0, at.number() - 2 + random.nextInt(5));
        return switch (random.nextInt(9)) {
            case 0, 1, 2 ->
                new Request.Acquire(lock, attempt, operation, lease, keep, witness(at), waiter, hint(number));
            case 3, 4 -> new Request.Renew(lock, attempt, operation, lease, keep, witness(at), number);
            case 5 -> new Request.Commit(lock, attempt, operation, lease, keep, number);
            case 6 ->
                new Request.Release(
                        lock, attempt, operation, keep, random.nextBoolean(), NAMES[random.nextInt(NAMES.length)], 300);
            case 7 -> new Request.Observe(lock, waiter, 600_000);
            default -> waiter.isEmpty() ? new Request.Observe(lock, "", 0) : new Request.Withdraw(lock, waiter);
        };
    }

    private long hint(long number) {
        return switch (random.nextInt(300)) {
            case 0 -> 1L << 52;
            case 1 -> Long.MAX_VALUE;
            case 2 -> number + 1_000_000_000_000L;
            default -> number;
        };
    }

    private Request.Witness witness(NodeState.Entry at) {
        long millis = at.leaseMillis() - 1 + random.nextInt(3);
        return switch (random.nextInt(5)) {
            case 0 -> Request.Witness.NOTHING;
            case 1 -> new Request.Witness(ATTEMPTS[random.nextInt(ATTEMPTS.length)], at.operation(), millis);
            case 2 -> new Request.Witness(at.attempt(), at.operation() + 1, millis);
            default ->
                at.attempt().equals(LockRecord.FREE)
                        ? Request.Witness.NOTHING
                        : new Request.Witness(at.attempt(), at.operation(), Math.max(0, millis));
        };
    }

    private static final class NoAnswerInTime extends Exception {
        private static final long serialVersionUID = 1;
    }
}
