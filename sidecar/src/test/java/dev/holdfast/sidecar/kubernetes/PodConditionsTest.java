package dev.holdfast.sidecar.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.kubernetes.PodStatus.Outcome;
import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.Tick;
import dev.holdfast.sidecar.redlock.Timers;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When is what sent, with an API server that answers as the test says, and with the test's time. */
class PodConditionsTest {

    private static final Standing NOBODY = Standing.campaigning("nobody holds it");
    private static final Standing FOLLOWS = Standing.campaigning("follows pod b");
    private static final Outcome AWAY = new Outcome.NotSent("Connection refused");
    private static final Outcome NO_ANSWER = new Outcome.Unanswered("no answer within 5 s");

    private final FakeTime time = new FakeTime();
    private final FakePodStatus pod = new FakePodStatus();
    private final PodConditions conditions =
            new PodConditions(pod, new Environment(() -> Tick.of(0), 0.05, () -> 0, time, new Random(1)), time.clock());
    private Standing standing = NOBODY;

    private static Standing holds(long token) {
        return Standing.held("holds payments with fencing token " + token);
    }

    private void start() {
        conditions.keep("payments", () -> standing);
        conditions.start();
    }

    private void become(Standing next) {
        standing = next;
        conditions.changed();
    }

    @Test
    void atStartItSaysNotHeldWhateverWasThereBefore() {
        start();
        assertThat(pod.onlyPatch().conditions().getFirst().json())
                .isEqualTo(new JsonObject()
                        .put("type", "holdfast.dev/payments")
                        .put("status", "False")
                        .put("reason", "Campaigning")
                        .put("message", "nobody holds it")
                        .put("lastTransitionTime", "2026-11-23T12:00:00Z"));
    }

    @Test
    void onlyChangesAreSent() {
        start();
        pod.answer(new Outcome.Patched());
        conditions.changed();
        assertThat(pod.patches).hasSize(1);
        become(holds(7));
        assertThat(pod.last()).isEqualTo(holds(7));
        pod.answer(new Outcome.Patched());
        become(holds(9));
        assertThat(pod.last()).isEqualTo(holds(9));
    }

    @Test
    void theTransitionTimeMovesWithTheStatusOnly() {
        start();
        pod.answer(new Outcome.Patched());
        time.pass(Duration.ofSeconds(10));
        become(FOLLOWS);
        time.pass(PodConditions.WORDS.multipliedBy(2));
        PodCondition other = pod.onlyPatch().conditions().getFirst();
        pod.answer(new Outcome.Patched());
        time.pass(Duration.ofSeconds(8));
        become(holds(7));
        assertThat(other.since()).isEqualTo(FakeTime.START);
        assertThat(pod.onlyPatch().conditions().getFirst().since()).isEqualTo(FakeTime.START.plusSeconds(20));
    }

    @Test
    void oneRequestAtATimeAndOnlyTheLatestStateAfterIt() {
        start();
        become(holds(7));
        become(holds(8));
        assertThat(pod.patches).hasSize(1);
        pod.answer(new Outcome.Patched());
        assertThat(pod.last()).isEqualTo(holds(8));
        pod.answer(new Outcome.Patched());
        assertThat(pod.patches).hasSize(2);
    }

    @Test
    void wordsWaitAndWhoHoldsDoesNot() {
        start();
        pod.answer(new Outcome.Patched());
        become(FOLLOWS);
        time.pass(PodConditions.WORDS.minusMillis(1));
        assertThat(pod.patches).hasSize(1);
        become(holds(7));
        assertThat(pod.patches).hasSize(2);
        assertThat(pod.last()).isEqualTo(holds(7));
        pod.answer(new Outcome.Patched());
        become(FOLLOWS);
        assertThat(pod.patches).hasSize(3);
        pod.answer(new Outcome.Patched());
        become(NOBODY);
        become(FOLLOWS);
        time.pass(Duration.ofMinutes(1));
        assertThat(pod.patches).hasSize(3);
    }

    @Test
    void wordsThatChangeWhileARequestIsUnderWayWaitAsWell() {
        start();
        become(FOLLOWS);
        pod.answer(new Outcome.Patched());
        assertThat(pod.patches).hasSize(1);
        time.pass(PodConditions.WORDS.multipliedBy(2));
        assertThat(pod.patches).hasSize(2);
        assertThat(pod.last()).isEqualTo(FOLLOWS);
    }

    @Test
    void allLocksThatChangedTravelTogether() {
        conditions.keep("reports", () -> FOLLOWS);
        start();
        assertThat(pod.onlyPatch().conditions()).extracting(PodCondition::lock).containsExactly("payments", "reports");
        pod.answer(new Outcome.Patched());
        become(holds(7));
        assertThat(pod.onlyPatch().conditions()).extracting(PodCondition::lock).containsExactly("payments");
    }

    @Test
    void pausesGrowFromAQuarterOfASecondToFifteenSeconds() {
        start();
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pod.answer(i % 2 == 0 ? AWAY : new Outcome.Refused(503, "busy"));
            pauses.add(time.untilNext());
            time.pass(time.untilNext());
        }
        long full = 250;
        for (Duration pause : pauses) {
            assertThat(pause.toMillis()).isBetween(full / 2, full);
            full = Math.min(2 * full, 15_000);
        }
        assertThat(conditions.failures()).isEqualTo(9);
        pod.answer(new Outcome.Patched());
        become(holds(7));
        pod.answer(AWAY);
        assertThat(time.untilNext()).isLessThanOrEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aRetrySendsWhatIsTrueThen() {
        start();
        pod.answer(new Outcome.Patched());
        become(holds(7));
        pod.answer(AWAY);
        // As if this process had been frozen: the event of the loss has not been told yet.
        standing = FOLLOWS;
        time.pass(Duration.ofMillis(250));
        assertThat(pod.last()).isEqualTo(FOLLOWS);
    }

    @Test
    void aTurnDoesNotWaitForTheBackoffButAnotherMessageDoes() {
        start();
        pod.answer(AWAY);
        become(FOLLOWS);
        assertThat(pod.patches).hasSize(1);
        become(holds(7));
        assertThat(pod.patches).hasSize(2);
        assertThat(pod.last()).isEqualTo(holds(7));
        pod.answer(new Outcome.Patched());
        time.pass(Duration.ofMinutes(1));
        assertThat(pod.patches).hasSize(2);
    }

    @Test
    void aLossDoesNotWaitForAnAnswerAndIsConfirmedAfterTheDoubt() {
        start();
        pod.answer(new Outcome.Patched());
        become(holds(7));
        become(FOLLOWS);
        assertThat(pod.patches).hasSize(3);
        assertThat(pod.last()).isEqualTo(FOLLOWS);
        assertThat(conditions.failures()).isZero();
        pod.answer(new Outcome.Patched());
        assertThat(pod.patches).hasSize(3);
        // The abandoned request may have been carried out after this one.
        time.pass(PodConditions.DOUBT);
        assertThat(pod.patches).hasSize(4);
        assertThat(pod.last()).isEqualTo(FOLLOWS);
        pod.answer(new Outcome.Patched());
        time.pass(Duration.ofMinutes(1));
        assertThat(pod.patches).hasSize(4);
    }

    @Test
    void anAcquisitionWaitsForTheAnswer() {
        start();
        become(holds(7));
        assertThat(pod.patches).hasSize(1);
    }

    @Test
    void whatWasLeftWithoutAnAnswerIsSentAgainEvenIfTheStateIsTheOldOne() {
        start();
        pod.answer(new Outcome.Patched());
        become(holds(7));
        pod.answer(NO_ANSWER);
        standing = NOBODY;
        time.pass(Duration.ofMillis(250));
        assertThat(pod.last()).isEqualTo(NOBODY);
    }

    @Test
    void aPodThatIsGoneIsLeftAlone() {
        start();
        pod.answer(new Outcome.PodGone(409, "uid"));
        become(holds(7));
        time.pass(Duration.ofMinutes(1));
        assertThat(pod.patches).hasSize(1);
        assertThat(conditions.stop()).isDone();
        assertThat(pod.patches).hasSize(1);
    }

    @Test
    void stoppingIsSaidAtOnceWhateverIsGoingOn() {
        start();
        pod.answer(new Outcome.Patched());
        become(holds(7));
        CompletableFuture<Void> stopped = conditions.stop();
        assertThat(pod.last()).isEqualTo(Standing.STOPPING);
        assertThat(stopped).isNotDone();
        pod.answer(new Outcome.Patched());
        assertThat(stopped).isDone();
    }

    @Test
    void stoppingDoesNotWaitForTheBackoff() {
        start();
        pod.answer(AWAY);
        CompletableFuture<Void> stopped = conditions.stop();
        assertThat(pod.last()).isEqualTo(Standing.STOPPING);
        become(holds(8));
        pod.answer(new Outcome.Patched());
        assertThat(stopped).isDone();
        assertThat(pod.patches).hasSize(2);
    }

    /** Answers one request at a time, and fails the test at a second one. */
    private static final class FakePodStatus implements PodStatus {
        private final List<FakePatch> patches = new ArrayList<>();

        @Override
        public Patch patch(List<PodCondition> conditions) {
            assertThat(patches).allMatch(patch -> patch.outcome.isDone());
            FakePatch patch = new FakePatch(List.copyOf(conditions), new CompletableFuture<>());
            patches.add(patch);
            return patch;
        }

        FakePatch onlyPatch() {
            FakePatch patch = patches.getLast();
            assertThat(patch.outcome).isNotDone();
            return patch;
        }

        Standing last() {
            return onlyPatch().conditions().getFirst().standing();
        }

        void answer(Outcome outcome) {
            onlyPatch().outcome.complete(outcome);
        }
    }

    private record FakePatch(List<PodCondition> conditions, CompletableFuture<Outcome> outcome)
            implements PodStatus.Patch {
        @Override
        public void abandon() {
            outcome.complete(new Outcome.Unanswered("abandoned"));
        }
    }

    /** Timers and a wall clock that go when told to. */
    private static final class FakeTime implements Timers {
        private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

        private final List<Task> tasks = new ArrayList<>();
        private Instant now = START;

        @Override
        public Timer after(long nanos, Runnable action) {
            Task task = new Task(now.plusNanos(nanos), action);
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        Duration untilNext() {
            return Duration.between(now, next().at());
        }

        private Task next() {
            return tasks.stream().min(Comparator.comparing(Task::at)).orElseThrow();
        }

        void pass(Duration duration) {
            Instant until = now.plus(duration);
            while (!tasks.isEmpty() && !next().at().isAfter(until)) {
                Task task = next();
                tasks.remove(task);
                now = task.at();
                task.action().run();
            }
            now = until;
        }

        Clock clock() {
            return new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            };
        }

        private record Task(Instant at, Runnable action) {}
    }
}
