package dev.holdfast.local;

import static dev.holdfast.local.DemoReport.fineMillis;
import static dev.holdfast.local.DemoReport.millis;
import static dev.holdfast.local.DemoReport.seconds;

import dev.holdfast.crds.DurationText;
import dev.holdfast.local.DemoReport.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Predicate;

/** Does to a running system what a bad day does, and fails as soon as something does not hold. */
final class Demo {
    /** On top of leaseDuration, on a busy laptop; the aim is a fifth of it. */
    private static final Duration TAKE_OVER_SLACK = Duration.ofMillis(500);

    private static final Duration HAND_OVER_LIMIT = Duration.ofMillis(500);
    private static final int RESIGNATIONS = 3;
    /** A pod that resigned leaves the lock to others for a second; the next step wants all of them back. */
    private static final Duration STAND_DOWN = Duration.ofMillis(1200);

    private static final Duration REPLY = Duration.ofSeconds(5);

    private final Screen screen;
    private final LocalCluster cluster;
    private final String lock;
    private final Duration lease;
    private final HolderWatch watch;
    private final Sampler sampler;
    private final FencedLedger ledger = new FencedLedger();
    private final DemoReport report;

    Demo(Screen screen, LocalCluster cluster, HolderWatch watch, Sampler sampler, DemoReport report) {
        this.screen = screen;
        this.cluster = cluster;
        this.lock = cluster.locks().getFirst().metadata().name();
        this.lease = cluster.locks().getFirst().spec().leaseDuration();
        this.watch = watch;
        this.sampler = sampler;
        this.report = report;
    }

    void run(long startedAt) throws LocalFailure {
        screen.step("lock " + lock + ", leaseDuration " + DurationText.format(lease));
        var first = watch.await("a first holder", 0, Duration.ofSeconds(10), Sample::held);
        requireFence(first);
        screen.fine(first.pod() + " holds with token " + first.token());
        report.add(new Row("start, first holder", first.pod(), seconds(since(startedAt, first)), first.token()));
        var second = killHolder(first);
        var third = resign(second);
        var fourth = freezeHolder(third);
        stopNode(fourth);
        var violations = watch.violations();
        require(violations.isEmpty(), String.join("; ", violations));
    }

    private Sample killHolder(Sample holder) throws LocalFailure {
        screen.step("kill -9 " + holder.pod());
        var pod = cluster.pod(holder.pod());
        sampler.every(Sampler.TIGHT);
        int seen = watch.count();
        var killedAt = System.nanoTime();
        watch.silenced(holder.pod(), killedAt);
        pod.child().kill();
        var next = watch.await("a take-over", seen, takeOverLimit(), successorOf(holder));
        sampler.every(Sampler.CALM);
        tookOver(holder, next, since(killedAt, next), "kill -9 " + holder.pod());
        screen.step("start " + pod.name() + " again");
        pod.start();
        screen.fine("it follows");
        return next;
    }

    /** Several times, because the first of a young Java process also loads the code that does it. */
    private Sample resign(Sample holder) throws LocalFailure {
        screen.step("POST /v1/locks/" + lock + "/resign to the holder, " + RESIGNATIONS + " times");
        warmUp(holder);
        sampler.every(Sampler.TIGHT);
        var times = new ArrayList<Duration>();
        var last = holder;
        for (int i = 0; i < RESIGNATIONS; i++) {
            int seen = watch.count();
            var resignedAt = System.nanoTime();
            resignNow(last);
            var next = watch.await("a hand-over", seen, REPLY, successorOf(last));
            requireSuccessor(last, next);
            times.add(since(resignedAt, next));
            last = next;
            Pause.of(STAND_DOWN);
        }
        sampler.every(Sampler.CALM);
        times.sort(null);
        var median = times.get(RESIGNATIONS / 2);
        screen.fine("handed over within " + fineMillis(median) + " (median), " + fineMillis(times.getLast())
                + " (slowest); " + last.pod() + " holds with token " + last.token());
        report.add(
                new Row("resign, " + RESIGNATIONS + " times", change(holder, last), fineMillis(median), last.token()));
        require(median.compareTo(HAND_OVER_LIMIT) <= 0, "a hand-over took longer than " + millis(HAND_OVER_LIMIT));
        return last;
    }

    private void resignNow(Sample holder) throws LocalFailure {
        try {
            cluster.pod(holder.pod()).api().resign(lock, REPLY);
        } catch (IOException e) {
            throw new LocalFailure("resigning failed: " + e.getMessage());
        }
    }

    private Sample freezeHolder(Sample holder) throws LocalFailure {
        screen.step("freeze " + holder.pod() + " (SIGSTOP) for longer than its lease");
        var pod = cluster.pod(holder.pod());
        sampler.every(Sampler.TIGHT);
        int seen = watch.count();
        var frozenAt = System.nanoTime();
        watch.silenced(holder.pod(), frozenAt);
        pod.child().freeze();
        var next = watch.await("a take-over", seen, takeOverLimit(), successorOf(holder));
        tookOver(holder, next, since(frozenAt, next), "freeze " + holder.pod());
        thaw(pod, holder, next, frozenAt);
        sampler.every(Sampler.CALM);
        return next;
    }

    private void thaw(Pod pod, Sample before, Sample now, long frozenAt) throws LocalFailure {
        screen.step("thaw " + pod.name() + " (SIGCONT)");
        // The take-over alone has outlasted the lease; this leaves no doubt.
        Pause.of(Duration.ofMillis(300));
        int seen = watch.count();
        pod.child().thaw();
        // What was asked while it was frozen waits at its door: the first of these answers is its first word.
        Predicate<Sample> answer = sample -> sample.pod().equals(pod.name()) && sample.sentAt() - frozenAt > 0;
        watch.await("an answer of the thawed " + pod.name(), seen, REPLY, answer);
        Pause.of(Duration.ofMillis(500));
        var answers = watch.after(seen, answer);
        require(answers.stream().noneMatch(Sample::held), pod.name() + " said after the thaw that it holds");
        screen.fine("it never says held: " + answers.size() + " answers");
        screen.step("the thawed application writes with its old token");
        require(!ledger.write(before.token()), "the ledger let a stale write in");
        screen.fine("write with token " + before.token() + " refused, " + ledger.highest() + " was seen");
        report.add(new Row("thaw " + pod.name(), now.pod() + " stays", "", now.token()));
        report.refused(before.token());
    }

    private void stopNode(Sample holder) throws LocalFailure {
        var node = cluster.nodes().getFirst();
        screen.step("kill -9 " + node.child().name() + ", one Redis node of "
                + cluster.nodes().size());
        int seen = watch.count();
        node.child().kill();
        var calm = lease.plusSeconds(1);
        Pause.of(calm);
        requireUnmoved(holder, seen);
        screen.fine(holder.pod() + " still holds after " + seconds(calm));
        report.add(new Row("kill -9 " + node.child().name(), holder.pod() + " stays", "", holder.token()));
        screen.step("start " + node.child().name() + " again, empty: it votes after its quarantine");
        var startedAt = System.nanoTime();
        node.start();
        awaitAllNodes(holder);
        requireUnmoved(holder, seen);
        var took = Duration.ofNanos(System.nanoTime() - startedAt);
        screen.fine("all " + cluster.nodes().size() + " vote after " + seconds(took));
        report.add(new Row(
                "start " + node.child().name() + " again", holder.pod() + " stays", seconds(took), holder.token()));
    }

    private void requireUnmoved(Sample holder, int seen) throws LocalFailure {
        var answers = watch.after(seen, sample -> sample.pod().equals(holder.pod()));
        require(
                !answers.isEmpty() && answers.stream().allMatch(sample -> sample.token() == holder.token()),
                holder.pod() + " lost the lock with one Redis node");
    }

    private void awaitAllNodes(Sample holder) throws LocalFailure {
        var api = cluster.pod(holder.pod()).api();
        var quarantine = cluster.nodeSets().getFirst().declared().spec().maxLeaseDuration();
        var deadline =
                System.nanoTime() + quarantine.multipliedBy(2).plusSeconds(5).toNanos();
        while (reachable(api) < cluster.nodes().size()) {
            require(System.nanoTime() - deadline < 0, "the restarted node does not vote again");
            Pause.of(Duration.ofMillis(50));
        }
    }

    private int reachable(SidecarApi api) throws LocalFailure {
        try {
            return api.lock(lock, REPLY).nodesReachable();
        } catch (IOException e) {
            throw new LocalFailure("no answer from " + api.url() + ": " + e.getMessage());
        }
    }

    /** The first POST of a Java process loads classes; that is not to be measured. A follower refuses it. */
    private void warmUp(Sample holder) {
        for (var pod : cluster.pods()) {
            if (!pod.name().equals(holder.pod())) {
                try {
                    pod.api().resign(lock, REPLY);
                } catch (IOException _) {
                    // 409, as it should be.
                }
            }
        }
    }

    private void tookOver(Sample before, Sample next, Duration took, String done) throws LocalFailure {
        requireSuccessor(before, next);
        screen.fine(next.pod() + " holds after " + millis(took) + " with token " + next.token());
        report.add(new Row(done, change(before, next), millis(took), next.token()));
        require(
                took.compareTo(takeOverLimit()) <= 0,
                "the take-over took longer than leaseDuration and " + millis(TAKE_OVER_SLACK));
    }

    private void requireSuccessor(Sample before, Sample next) throws LocalFailure {
        requireFence(next);
        require(next.token() > before.token(), "token " + next.token() + " is not above " + before.token());
    }

    private String change(Sample before, Sample next) {
        return before.pod() + " " + screen.arrow() + " " + next.pod();
    }

    private void requireFence(Sample holder) throws LocalFailure {
        require(holder.token() > 0, holder.pod() + " holds without a token");
        require(ledger.write(holder.token()), "the holder's own write was refused");
    }

    private static Predicate<Sample> successorOf(Sample holder) {
        return sample -> sample.held() && !sample.pod().equals(holder.pod());
    }

    private static Duration since(long start, Sample sample) {
        return Duration.ofNanos(sample.receivedAt() - start);
    }

    private Duration takeOverLimit() {
        return lease.plus(TAKE_OVER_SLACK);
    }

    private static void require(boolean holds, String otherwise) throws LocalFailure {
        if (!holds) {
            throw new LocalFailure(otherwise);
        }
    }
}
