package dev.holdfast.sidecar.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LockNode} must do: each case is a sequence of requests and the replies to them. Extend it for each
 * implementation. Each case begins with an empty
 * node that was never admitted.
 */
public abstract class LockNodeContract {

    private static final long KEEP = 3_600_000;
    private static final String FREE = LockRecord.FREE;
    private static final Request.Witness NOTHING = Request.Witness.NOTHING;

    /** For an implementation in any package. */
    protected LockNodeContract() {}

    /** The node under test. Need not be the same after a restart. */
    protected abstract LockNode node();

    /** Whether {@link #restartWithData} is possible. */
    protected abstract boolean keepsData();

    /** Another process serves the slot, with no data. */
    protected abstract void restartEmpty();

    /** Another process serves the slot, with all data. */
    protected abstract void restartWithData();

    /** All data vanishes, the process stays (FLUSHALL). */
    protected abstract void wipe();

    /** Sends a request and waits for its answer; asks again while the node cannot be reached. */
    protected final Reply ask(Request request) {
        long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            Reply answer = askOnce(request);
            if (!(answer instanceof Reply.Unreachable) || System.nanoTime() > giveUpAt) {
                return answer;
            }
        }
    }

    /** Without asking again: a node that does not answer in time may have done it. */
    final Reply askOnce(Request request) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        node().send(request, reply::complete);
        node().flush();
        return await(reply);
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no reply within 5 s", e);
        }
    }

    // ------ shorthands

    private Reply.Forgotten forgotten(String nonce) {
        return (Reply.Forgotten) ask(new Request.Status(nonce));
    }

    /** Returns the name of the new life. */
    private String admit(long floor) {
        return admit(floor, false);
    }

    private String admit(long floor, boolean durable) {
        Reply.Forgotten loss = forgotten("n" + floor);
        assertThat(ask(new Request.Admit(loss.run(), loss.nonce(), floor, 60_000, durable)))
                .isEqualTo(new Reply.Done());
        return ((Reply.Admitted) ask(new Request.Status("unused"))).life();
    }

    private static Request.Acquire acquire(String attempt, long operation, Request.Witness witness, long hint) {
        return new Request.Acquire("a", attempt, operation, 2000, 0, witness, "", hint);
    }

    private Reply acquire(String attempt, long hint) {
        return ask(acquire(attempt, 1, NOTHING, hint));
    }

    private Reply acquireAs(String waiter, String attempt, long hint) {
        return ask(new Request.Acquire("a", attempt, 1, 2000, 0, NOTHING, waiter, hint));
    }

    private Reply takeOver(String attempt, String from, long operation, long millis, long hint) {
        return ask(acquire(attempt, 1, new Request.Witness(from, operation, millis), hint));
    }

    private Reply renew(String attempt, long operation, long token) {
        return ask(new Request.Renew("a", attempt, operation, 2000, 0, NOTHING, token));
    }

    private Reply commit(String attempt, long operation, long token) {
        return ask(new Request.Commit("a", attempt, operation, 2000, 0, token));
    }

    private Reply release(String attempt, boolean clean) {
        return ask(new Request.Release("a", attempt, 50, 0, clean, "", 0));
    }

    private Reply releaseTo(String attempt, String name) {
        return ask(new Request.Release("a", attempt, 50, 0, true, name, 300));
    }

    private Reply.Observed observe() {
        return (Reply.Observed) ask(new Request.Observe("a", "", 0));
    }

    private int rank(String waiter, long millis) {
        return ((Reply.Observed) ask(new Request.Observe("a", waiter, millis))).rank();
    }

    private AbstractStringAssert<?> assertHolder() {
        return assertThat(observe().record().attempt());
    }

    private static Reply granted(long number) {
        return new Reply.Granted(number, false);
    }

    private static Reply held(String attempt, long operation, long number) {
        return new Reply.Held(new LockRecord(attempt, operation, 2000), number);
    }

    // ------ voting

    @Test
    void anEmptyNodeHasNoVote() {
        assertThat(acquire("x@p", 5)).isInstanceOf(Reply.NoVote.class);
        assertThat(renew("x@p", 1, 5)).isInstanceOf(Reply.NoVote.class);
        assertThat(commit("x@p", 1, 5)).isInstanceOf(Reply.NoVote.class);
        assertThat(release("x@p", true)).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Observe("a", "", 0))).isInstanceOf(Reply.NoVote.class);
    }

    @Test
    void anEmptyNodeKeepsTheFirstNonce() {
        String first = forgotten("n1").nonce();
        assertThat(first).isNotEmpty();
        assertThat(forgotten("n2").nonce()).isEqualTo(first);
    }

    @Test
    void admissionIsACompareAndSetOnTheLoss() {
        Reply.Forgotten loss = forgotten("n1");
        Request.Admit other = new Request.Admit(loss.run(), "other", 7, 60_000, false);
        assertThat(ask(other)).isInstanceOf(Reply.NoVote.class);
        Request.Admit otherRun = new Request.Admit("0".repeat(loss.run().length()), loss.nonce(), 7, 60_000, false);
        assertThat(ask(otherRun)).isInstanceOf(Reply.NoVote.class);
        Request.Admit admit = new Request.Admit(loss.run(), loss.nonce(), 7, 60_000, false);
        assertThat(ask(admit)).isEqualTo(new Reply.Done());
        assertThat(ask(admit)).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Status("n3"))).isEqualTo(new Reply.Admitted(loss.run(), loss.nonce(), 7));
    }

    @Test
    void aWipedNodeHasNoVoteAndAnotherNonce() {
        String life = admit(0);
        acquire("x@p", 5);
        wipe();
        assertThat(renew("x@p", 2, 5)).isInstanceOf(Reply.NoVote.class);
        Reply.Forgotten loss = forgotten("later");
        assertThat(loss.nonce()).isNotEqualTo(life);
        assertThat(loss.life()).isEmpty();
        assertThat(loss.max()).isZero();
        assertThat(loss.durable()).isFalse();
    }

    @Test
    void aWatchOfTheFirstLossIsVoidAfterTheSecond() {
        Reply.Forgotten first = forgotten("n1");
        wipe();
        Reply.Forgotten second = forgotten("n2");
        assertThat(second.run()).isEqualTo(first.run());
        assertThat(second.nonce()).isNotEqualTo(first.nonce());
        assertThat(ask(new Request.Admit(first.run(), first.nonce(), 0, 60_000, false)))
                .isInstanceOf(Reply.NoVote.class);
    }

    @Test
    void aNodeThatRestartsEmptyHasAnotherRun() {
        admit(0);
        Reply.Admitted before = (Reply.Admitted) ask(new Request.Status("unused"));
        restartEmpty();
        Reply.Forgotten after = forgotten("n");
        assertThat(after.run()).isNotEqualTo(before.run());
        assertThat(after.life()).isEmpty();
        assertThat(acquire("x@p", 5)).isInstanceOf(Reply.NoVote.class);
    }

    @Test
    void aDurableNodeThatRestartsIsReadmittedWithItsRecords() {
        Assumptions.assumeTrue(keepsData());
        String life = admit(3, true);
        acquire("x@p", 5);
        restartWithData();
        Reply.Forgotten loss = forgotten("n");
        assertThat(loss.durable()).isTrue();
        assertThat(loss.life()).isEqualTo(life);
        assertThat(loss.max()).isEqualTo(5);
        assertThat(renew("x@p", 2, 5)).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Readmit("other", 0))).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Readmit(life, 6))).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Readmit(life, 5))).isEqualTo(new Reply.Done());
        assertThat(ask(new Request.Status("unused"))).isEqualTo(new Reply.Admitted(loss.run(), life, 5));
        assertThat(renew("x@p", 2, 5)).isEqualTo(new Reply.Done());
    }

    @Test
    void whoRemembersNothingMayReadmitADurableNode() {
        Assumptions.assumeTrue(keepsData());
        admit(3, true);
        restartWithData();
        assertThat(ask(new Request.Readmit("", 0))).isEqualTo(new Reply.Done());
    }

    @Test
    void aVolatileNodeThatRestartsWithDataIsNotReadmitted() {
        Assumptions.assumeTrue(keepsData());
        admit(3, false);
        acquire("x@p", 5);
        restartWithData();
        Reply.Forgotten loss = forgotten("n");
        assertThat(loss.durable()).isFalse();
        assertThat(ask(new Request.Readmit("", 0))).isInstanceOf(Reply.NoVote.class);
        assertThat(ask(new Request.Admit(loss.run(), loss.nonce(), 1, 60_000, false)))
                .isEqualTo(new Reply.Done());
        assertThat(ask(new Request.Status("unused"))).isEqualTo(new Reply.Admitted(loss.run(), loss.nonce(), 5));
        assertHolder().isEqualTo("x@p");
    }

    @Test
    void anAdmittedOrEmptyNodeIsNotReadmitted() {
        forgotten("n");
        assertThat(ask(new Request.Readmit("", 0))).isInstanceOf(Reply.NoVote.class);
        admit(0, true);
        assertThat(ask(new Request.Readmit("", 0))).isInstanceOf(Reply.NoVote.class);
    }

    // ------ numbers

    @Test
    void aFreeNodeGrantsTheHint() {
        admit(0);
        assertThat(acquire("x@p", 1_764_000_000_000_000L)).isEqualTo(granted(1_764_000_000_000_000L));
        assertThat(observe()).isEqualTo(new Reply.Observed(new LockRecord("x@p", 1, 2000), 1_764_000_000_000_000L, 0));
    }

    @Test
    void aHintThatIsNotAboveTheNumberGetsTheNextOne() {
        admit(0);
        acquire("x@p", 1_764_000_000_000_000L);
        release("x@p", true);
        assertThat(acquire("y@p", 1_764_000_000_000_000L)).isEqualTo(granted(1_764_000_000_000_001L));
        release("y@p", true);
        assertThat(acquire("z@p", 3)).isEqualTo(granted(1_764_000_000_000_002L));
    }

    @Test
    void numbersStartAboveTheFloor() {
        admit(99);
        assertThat(acquire("x@p", 5)).isEqualTo(granted(100));
    }

    @Test
    void anAbsentEntryCountsAsTheLargestNumberOfAnyLock() {
        admit(0);
        acquire("x@p", 50);
        assertThat(ask(new Request.Acquire("b", "y@p", 1, 2000, 0, NOTHING, "", 1)))
                .isEqualTo(granted(51));
        assertThat(observe().number()).isEqualTo(50);
    }

    @Test
    void anExpiredEntryIsForgottenButItsNumberIsNot() {
        admit(0);
        assertThat(ask(new Request.Acquire("a", "x@p", 1, 2000, 30, NOTHING, "", 50)))
                .isEqualTo(granted(50));
        pause(200);
        assertThat(observe()).isEqualTo(new Reply.Observed(LockRecord.NONE, 50, 0));
        assertThat(acquire("y@p", 3)).isEqualTo(granted(51));
    }

    @Test
    void aDynamicEntryStaysAsLongAsItIsUsed() {
        admit(0);
        ask(new Request.Acquire("a", "x@p", 1, 2000, 60, NOTHING, "", 50));
        assertThat(ask(new Request.Renew("a", "x@p", 2, 2000, KEEP, NOTHING, 50)))
                .isEqualTo(new Reply.Done());
        pause(200);
        assertHolder().isEqualTo("x@p");
    }

    @Test
    void anAbsurdHintIsRefused() {
        admit(0);
        assertThat(acquire("x@p", 1L << 52)).isInstanceOf(Reply.NoVote.class);
        assertThat(acquire("x@p", Long.MAX_VALUE)).isInstanceOf(Reply.NoVote.class);
        assertThat(acquire("x@p", (1L << 52) - 1)).isEqualTo(granted((1L << 52) - 1));
    }

    @Test
    void aCommitRaisesTheNumberOfWhoHasTheNode() {
        admit(0);
        acquire("x@p", 5);
        assertThat(commit("x@p", 2, 9)).isEqualTo(new Reply.Done());
        assertThat(observe()).isEqualTo(new Reply.Observed(new LockRecord("x@p", 2, 2000), 9, 0));
        assertThat(commit("x@p", 3, 9)).isEqualTo(new Reply.Done());
        assertThat(commit("x@p", 4, 8)).isEqualTo(new Reply.Overtaken(9));
        assertThat(commit("x@p", 3, 10)).isEqualTo(new Reply.Stale());
        assertThat(commit("y@p", 9, 99)).isEqualTo(new Reply.Gone());
    }

    @Test
    void aNumberThatAnotherOwnsIsNotCommitted() {
        admit(0);
        acquire("x@p", 9);
        release("x@p", true);
        assertThat(renew("y@p", 1, 3)).isEqualTo(new Reply.Done());
        assertThat(commit("y@p", 2, 9)).isEqualTo(new Reply.Overtaken(9));
    }

    @Test
    void theFloorBelongsToNobody() {
        Assumptions.assumeTrue(keepsData());
        admit(0, false);
        acquire("x@p", 9);
        restartWithData();
        Reply.Forgotten loss = forgotten("n");
        ask(new Request.Admit(loss.run(), loss.nonce(), 20, 60_000, false));
        ask(new Request.Status("unused"));
        assertThat(commit("x@p", 2, 20)).isEqualTo(new Reply.Overtaken(20));
        assertThat(commit("x@p", 3, 21)).isEqualTo(new Reply.Done());
    }

    // ------ records

    @Test
    void aHeldNodeShowsWhoHasIt() {
        admit(0);
        acquire("x@p", 5);
        assertThat(acquire("y@p", 9)).isEqualTo(held("x@p", 1, 5));
    }

    @Test
    void theSameAcquisitionAgainChangesNothing() {
        admit(0);
        acquire("x@p", 5);
        assertThat(acquire("x@p", 9)).isEqualTo(new Reply.Stale());
        assertThat(observe().number()).isEqualTo(5);
    }

    @Test
    void aTakeOverMustHaveWatchedThisVeryStateForTheWholeLease() {
        admit(0);
        acquire("x@p", 5);
        assertThat(takeOver("y@p", "x@p", 1, 1999, 9)).isEqualTo(held("x@p", 1, 5));
        assertThat(takeOver("y@p", "x@p", 2, 9999, 9)).isEqualTo(held("x@p", 1, 5));
        assertThat(takeOver("y@p", "z@p", 1, 9999, 9)).isEqualTo(held("x@p", 1, 5));
        renew("x@p", 2, 5);
        assertThat(takeOver("y@p", "x@p", 1, 9999, 9)).isEqualTo(held("x@p", 2, 5));
        assertThat(takeOver("y@p", "x@p", 2, 2000, 9)).isEqualTo(new Reply.Granted(9, true));
        assertThat(renew("x@p", 3, 5)).isEqualTo(held("y@p", 1, 9));
    }

    @Test
    void theLeaseOfTheRecordCountsNotThatOfTheContender() {
        admit(0);
        ask(new Request.Acquire("a", "x@p", 1, 5000, 0, NOTHING, "", 5));
        assertThat(takeOver("y@p", "x@p", 1, 4999, 9)).isInstanceOf(Reply.Held.class);
        assertThat(takeOver("y@p", "x@p", 1, 5000, 9)).isEqualTo(new Reply.Granted(9, true));
    }

    @Test
    void aRenewalWithAnOldOperationChangesNothing() {
        admit(0);
        acquire("x@p", 5);
        assertThat(renew("x@p", 8, 5)).isEqualTo(new Reply.Done());
        assertThat(renew("x@p", 7, 5)).isEqualTo(new Reply.Stale());
        assertThat(renew("x@p", 8, 5)).isEqualTo(new Reply.Stale());
        assertThat(observe().record().operation()).isEqualTo(8);
    }

    @Test
    void aRenewalJoinsAFreeNodeAndWritesTheToken() {
        admit(0);
        assertThat(renew("x@p", 3, 50)).isEqualTo(new Reply.Done());
        assertThat(observe()).isEqualTo(new Reply.Observed(new LockRecord("x@p", 3, 2000), 50, 0));
    }

    @Test
    void aRenewalLeavesALargerNumberAsItIs() {
        admit(70);
        assertThat(renew("x@p", 3, 50)).isEqualTo(new Reply.Done());
        assertThat(observe()).isEqualTo(new Reply.Observed(new LockRecord("x@p", 3, 2000), 70, 0));
    }

    @Test
    void aRenewalJoinsANodeWhoseRecordItHasWatched() {
        admit(0);
        acquire("x@p", 5);
        var early = new Request.Renew("a", "y@p", 4, 2000, 0, new Request.Witness("x@p", 1, 1999), 9);
        assertThat(ask(early)).isEqualTo(held("x@p", 1, 5));
        var late = new Request.Renew("a", "y@p", 5, 2000, 0, new Request.Witness("x@p", 1, 2000), 9);
        assertThat(ask(late)).isEqualTo(new Reply.Done());
        assertThat(observe()).isEqualTo(new Reply.Observed(new LockRecord("y@p", 5, 2000), 9, 0));
    }

    @Test
    void aReleaseFreesTheNodeAndKeepsItsNumber() {
        admit(0);
        acquire("x@p", 5);
        assertThat(release("x@p", true)).isEqualTo(new Reply.Done());
        assertThat(observe()).isEqualTo(new Reply.Observed(LockRecord.NONE, 5, 0));
        assertThat(release("x@p", true)).isEqualTo(new Reply.Gone());
    }

    @Test
    void aLateReleaseOfAnotherAttemptChangesNothing() {
        admit(0);
        acquire("x@p", 5);
        assertThat(release("y@p", true)).isEqualTo(new Reply.Gone());
        assertHolder().isEqualTo("x@p");
    }

    @Test
    void theNodeStaysDirtyUntilACleanRelease() {
        admit(0);
        acquire("x@p", 5);
        assertThat(takeOver("y@p", "x@p", 1, 2000, 6)).isEqualTo(new Reply.Granted(6, true));
        release("y@p", false);
        assertThat(acquire("z@p", 7)).isEqualTo(new Reply.Granted(7, true));
        release("z@p", true);
        assertThat(acquire("u@p", 8)).isEqualTo(granted(8));
    }

    @Test
    void locksDoNotDisturbEachOther() {
        admit(0);
        acquire("x@p", 5);
        assertThat(ask(new Request.Release("b", "x@p", 2, 0, true, "", 0))).isEqualTo(new Reply.Gone());
        assertThat(((Reply.Observed) ask(new Request.Observe("b", "", 0)))
                        .record()
                        .attempt())
                .isEqualTo(FREE);
        assertHolder().isEqualTo("x@p");
    }

    // ------ waiting

    @Test
    void onlyTheSuccessorTakesAReservedNode() {
        admit(0);
        acquire("x@p", 5);
        rank("1@web-1", 60_000);
        rank("2@web-10", 60_000);
        assertThat(releaseTo("x@p", "web-1")).isEqualTo(new Reply.Done());
        LockRecord reserved = new LockRecord("~1@web-1", 50, 300);
        assertThat(acquire("y@p", 9)).isEqualTo(new Reply.Held(reserved, 5));
        assertThat(acquireAs("2@web-10", "y@p", 9)).isEqualTo(new Reply.Held(reserved, 5));
        assertThat(acquireAs("1@web-1", "z@p", 9)).isEqualTo(granted(9));
    }

    @Test
    void aSuccessorIsMeantByItsNewestPlaceInLine() {
        admit(0);
        acquire("x@p", 5);
        rank("2@w", 60_000);
        rank("1@w", 60_000);
        rank("3@v", 60_000);
        releaseTo("x@p", "w");
        assertHolder().isEqualTo("~2@w");
    }

    @Test
    void aSuccessorThatDoesNotWaitIsNone() {
        admit(0);
        acquire("x@p", 5);
        rank("1@other", 60_000);
        assertThat(releaseTo("x@p", "w")).isEqualTo(new Reply.Done());
        assertHolder().isEqualTo(FREE);
        assertThat(releaseTo("x@p", "other")).isEqualTo(new Reply.Gone());
    }

    @Test
    void aReservationThatNobodyTakesIsWitnessedLikeALeaseButNotDirty() {
        admit(0);
        acquire("x@p", 5);
        rank("1@w", 60_000);
        releaseTo("x@p", "w");
        assertThat(takeOver("y@p", "~1@w", 50, 299, 9)).isInstanceOf(Reply.Held.class);
        assertThat(takeOver("y@p", "~1@w", 50, 300, 9)).isEqualTo(granted(9));
    }

    @Test
    void waitersAreRankedByTheirIds() {
        admit(0);
        assertThat(rank("w2", 60_000)).isZero();
        assertThat(rank("w1", 60_000)).isZero();
        assertThat(rank("w3", 60_000)).isEqualTo(2);
        assertThat(rank("w2", 60_000)).isEqualTo(1);
    }

    @Test
    void whoWithdrawsOrAcquiresLeavesTheQueue() {
        admit(0);
        rank("w1", 60_000);
        rank("w2", 60_000);
        assertThat(rank("w3", 60_000)).isEqualTo(2);
        assertThat(ask(new Request.Withdraw("a", "w1"))).isEqualTo(new Reply.Done());
        assertThat(rank("w3", 60_000)).isEqualTo(1);
        assertThat(acquireAs("w2", "x@p", 5)).isEqualTo(granted(5));
        assertThat(rank("w3", 60_000)).isZero();
    }

    @Test
    void aWaiterThatHasNotLookedForLongIsGone() {
        admit(0);
        rank("w1", 60_000);
        pause(60);
        assertThat(rank("w2", 20)).isZero();
    }

    @Test
    void changesAreTold() throws InterruptedException {
        // Given
        admit(0);
        var changes = new LinkedBlockingQueue<Reply.Observed>();
        LockNode.Subscription subscription = node().subscribe("a", () -> {}, changes::add);

        // When
        Reply.Observed told = null;
        for (int i = 1; i < 100 && told == null; i++) { // a subscription may take some time
            renew("x@p", i, 5);
            told = changes.poll(50, TimeUnit.MILLISECONDS);
        }
        subscription.cancel();

        // Then
        Reply.Observed change = Objects.requireNonNull(told, "no change was told");
        assertThat(change.record().attempt()).isEqualTo("x@p");
        assertThat(change.record().leaseMillis()).isEqualTo(2000);
        assertThat(change.number()).isEqualTo(5);
    }

    // ------ all together

    @Test
    void answersRandomRequestsAsTheModelDoes() {
        int requests = Integer.getInteger("contract.requests", 1500);
        for (int seed = 1; seed <= 4; seed++) {
            wipe();
            new DifferentialFuzz(seed, this).run(requests);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
