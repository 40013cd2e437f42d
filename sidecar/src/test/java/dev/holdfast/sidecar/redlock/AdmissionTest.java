package dev.holdfast.sidecar.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.redlock.NodeStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How often nodes are asked how they stand, and when at once. */
class AdmissionTest {

    private static final Reply VOTES = new Reply.Admitted("run", "life", 1);
    private static final Reply NO_VOTE = new Reply.NoVote("not admitted");

    private final FakeTime time = new FakeTime();
    private final List<FakeNode> nodes = Stream.generate(FakeNode::new).limit(3).toList();
    private final Redlock redlock = open(nodes, CompletableFuture.completedFuture(null));

    private Redlock open(List<FakeNode> set, CompletionStage<?> from) {
        return new Redlock(
                List.copyOf(set),
                "pod-0",
                Duration.ofSeconds(60),
                new Environment(() -> Tick.of(time.now), 0.05, () -> time.now / 1000, time, new Random(1)),
                RedlockObserver.NONE,
                from);
    }

    @Test
    void nodesThatVoteAreAskedSeldom() {
        time.pass(Duration.ofSeconds(10));
        nodes.forEach(node -> node.asked = 0);

        time.pass(Duration.ofSeconds(40));

        assertThat(nodes).allSatisfy(node -> assertThat(node.asked).isBetween(9, 11));
    }

    @Test
    void allAreAskedEachSecondWhileOneHasNoVote() {
        nodes.get(2).status = NO_VOTE;
        time.pass(Duration.ofSeconds(10));
        nodes.forEach(node -> node.asked = 0);

        time.pass(Duration.ofSeconds(40));

        assertThat(nodes).allSatisfy(node -> assertThat(node.asked).isBetween(36, 46));
    }

    @Test
    void anAnswerWithoutAVoteHasTheNodeAskedAtOnce() {
        time.pass(Duration.ofSeconds(10));
        FakeNode node = nodes.get(1);
        node.status = NO_VOTE;
        node.onLock = NO_VOTE;

        redlock.look(Lock.declared("payments", Duration.ofSeconds(10)));

        assertThat(redlock.nodeStatus().get(1).state()).isEqualTo(State.QUARANTINED);
        assertThat(redlock.nodeStatus().getFirst().state()).isEqualTo(State.VOTING);
    }

    @Test
    void aLostConnectionHasTheNodeAskedAtOnceAndThenEachSecondUntilItVotes() {
        time.pass(Duration.ofSeconds(10));
        FakeNode node = nodes.get(1);
        node.status = new Reply.Unreachable("connection refused");

        node.lost.run();
        assertThat(redlock.nodeStatus().get(1).state()).isEqualTo(State.UNREACHABLE);

        node.status = VOTES;
        time.pass(Duration.ofMillis(1200));
        assertThat(redlock.nodeStatus().get(1).state()).isEqualTo(State.VOTING);
    }

    @Test
    void nobodyIsAskedBeforeItIsTime() {
        List<FakeNode> others = Stream.generate(FakeNode::new).limit(3).toList();
        CompletableFuture<Void> serving = new CompletableFuture<>();
        Redlock later = open(others, serving);
        time.pass(Duration.ofSeconds(10));
        assertThat(others).allSatisfy(node -> assertThat(node.asked).isZero());
        assertThat(later.nodeStatus())
                .allSatisfy(status -> assertThat(status.state()).isEqualTo(State.UNREACHABLE));

        serving.complete(null);

        assertThat(later.nodeStatus())
                .allSatisfy(status -> assertThat(status.state()).isEqualTo(State.VOTING));
    }

    @Test
    void nobodyIsAskedAnyMoreOnceItIsClosed() {
        redlock.close();
        nodes.forEach(node -> node.asked = 0);

        nodes.getFirst().lost.run();
        time.pass(Duration.ofSeconds(10));

        assertThat(nodes).allSatisfy(node -> assertThat(node.asked).isZero());
    }

    /** A node that answers as it is told to. */
    private static final class FakeNode implements LockNode {
        private Reply status = VOTES;
        private Reply onLock = new Reply.Observed(LockRecord.NONE, 1, 0);
        private Runnable lost = () -> {};
        private int asked;
        private final List<Runnable> answers = new ArrayList<>();

        @Override
        public String address() {
            return "fake";
        }

        @Override
        public void send(Request request, Consumer<Reply> reply) {
            if (request instanceof Request.Status) {
                asked++;
            }
            answers.add(() -> reply.accept(request instanceof Request.OnLock ? onLock : status));
        }

        @Override
        public void flush() {
            while (!answers.isEmpty()) {
                answers.removeFirst().run();
            }
        }

        @Override
        public Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
            return () -> {};
        }

        @Override
        public void observe(Runnable onLoss) {
            lost = onLoss;
        }

        @Override
        public void close() {}
    }

    /** Time that goes when told to. */
    private static final class FakeTime implements Timers {
        private record Task(long at, Runnable action) {}

        private final List<Task> tasks = new ArrayList<>();
        private long now;

        @Override
        public Timer after(long nanos, Runnable action) {
            Task task = new Task(now + nanos, action);
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        void pass(Duration duration) {
            long until = now + duration.toNanos();
            while (true) {
                Task next = tasks.stream()
                        .filter(task -> task.at() <= until)
                        .min(Comparator.comparingLong(Task::at))
                        .orElse(null);
                if (next == null) {
                    break;
                }
                tasks.remove(next);
                now = next.at();
                next.action().run();
            }
            now = until;
        }
    }
}
