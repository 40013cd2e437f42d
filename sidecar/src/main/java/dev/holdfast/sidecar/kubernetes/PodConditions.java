package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.config.Cluster;
import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.redlock.Backoff;
import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.Timers;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this pod's conditions as its elections stand: one request at a time, for all conditions that changed, with what is
 * true at the moment of sending. Thread-safe; nothing blocks.
 */
public final class PodConditions {

    /** What was left without an answer is confirmed after this: by then the API server has dropped or made it. */
    static final Duration DOUBT = Duration.ofSeconds(5);

    /** How long a change of words alone waits at least, and at most twice as long. */
    static final Duration WORDS = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final PodStatus pod;
    private final Timers timers;
    private final Clock wallClock;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final PatchLog log = new PatchLog();
    private final AtomicLong failures = new AtomicLong();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final Map<String, Supplier<Standing>> standings = new TreeMap<>();
    private final Map<String, PodCondition> wanted = new TreeMap<>();
    private final Map<String, PodCondition> patched = new TreeMap<>();
    private @Nullable Sending underWay;
    private Timers.@Nullable Timer retry;
    private Timers.@Nullable Timer words;
    private boolean inDoubt;
    private boolean started;
    private boolean stopping;

    PodConditions(PodStatus pod, Environment environment, Clock wallClock) {
        this.pod = pod;
        this.timers = environment.timers();
        this.wallClock = wallClock;
        this.random = environment.random();
        this.backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, environment.random());
    }

    /** The conditions of this very pod. */
    public static PodConditions of(Cluster.Pod pod, Vertx vertx, Environment environment, Clock wallClock) {
        return new PodConditions(new ApiServerPodStatus(pod, vertx), environment, wallClock);
    }

    /** Keeps a condition for this election's lock. Before {@link #start}, and before the election starts. */
    public void keep(Election election) {
        keep(election.lock(), () -> Standing.of(election));
        election.observe(_ -> changed());
    }

    synchronized void keep(String lock, Supplier<Standing> standing) {
        standings.put(lock, standing);
    }

    /** Publishes how all elections stand, whatever the process before this one left. */
    public synchronized void start() {
        started = true;
        send();
    }

    /** Something may have changed. */
    synchronized void changed() {
        if (!started || stopped.isDone()) {
            return;
        }
        boolean turned = look();
        if (underWay != null) {
            if (underWay.saysHeldWrongly()) {
                underWay.abandon();
            }
        } else if (turned) {
            send();
        } else if (retry == null) {
            sendWhatMatters();
        }
    }

    /** Says of all locks that they are not held, for good; completes when the API server knows. */
    public synchronized CompletableFuture<Void> stop() {
        stopping = true;
        if (!started) {
            stopped.complete(null);
        }
        if (stopped.isDone()) {
            return stopped;
        }
        standings.replaceAll((_, _) -> () -> Standing.STOPPING);
        look();
        if (underWay == null) {
            send();
        } else if (underWay.saysHeldWrongly()) {
            underWay.abandon();
        }
        return stopped;
    }

    /** How many requests failed so far. */
    public long failures() {
        return failures.get();
    }

    // Under the monitor.

    /** Takes down how the elections stand now; gives whether one became held or not held. */
    private boolean look() {
        boolean turned = false;
        for (Map.Entry<String, Supplier<Standing>> entry : standings.entrySet()) {
            String lock = entry.getKey();
            PodCondition before = wanted.get(lock);
            PodCondition now = PodCondition.next(before, lock, entry.getValue().get(), wallClock.instant());
            wanted.put(lock, now);
            turned |=
                    before == null || before.standing().held() != now.standing().held();
        }
        return turned;
    }

    /**
     * Who holds goes at once. Words alone wait: after a hand-over every follower has new ones, and the new holder's would be
     * on their way when it learns that it holds.
     */
    private void sendWhatMatters() {
        if (stopping || changes().stream().anyMatch(this::saysWhoHolds)) {
            send();
        } else if (words == null && !changes().isEmpty()) {
            words = timers.after((long) (WORDS.toNanos() * (1 + random.nextDouble())), this::onWords);
        }
    }

    private boolean saysWhoHolds(PodCondition condition) {
        PodCondition known = patched.get(condition.lock());
        return known == null || known.standing().held() || condition.standing().held();
    }

    private synchronized void onWords() {
        words = null;
        if (underWay == null && retry == null && !stopped.isDone()) {
            send();
        }
    }

    private List<PodCondition> changes() {
        List<PodCondition> changes = new ArrayList<>(wanted.values());
        changes.removeIf(condition -> condition.equals(patched.get(condition.lock())));
        return changes;
    }

    private void send() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        look();
        List<PodCondition> changes = changes();
        if (!changes.isEmpty()) {
            Sending sending = new Sending(changes, pod.patch(changes));
            underWay = sending;
            sending.patch.outcome().thenAccept(outcome -> ended(sending, outcome));
        } else if (stopping) {
            stopped.complete(null);
        }
    }

    private synchronized void ended(Sending sending, PodStatus.Outcome outcome) {
        underWay = null;
        switch (outcome) {
            case PodStatus.Outcome.Patched _ -> {
                sending.conditions.forEach(condition -> patched.put(condition.lock(), condition));
                backoff.reset();
                log.works();
                confirmLater();
                look();
                sendWhatMatters();
            }
            case PodStatus.Outcome.Refused(int status, String reason) -> {
                log.fails(status, reason);
                failed();
            }
            case PodStatus.Outcome.NotSent(String reason) -> failed(sending, reason);
            case PodStatus.Outcome.Unanswered(String reason) -> {
                inDoubt = true;
                sending.conditions.forEach(condition -> patched.remove(condition.lock()));
                failed(sending, reason);
            }
            case PodStatus.Outcome.PodGone(int status, String reason) -> {
                log.ends(status, reason);
                stopped.complete(null);
            }
        }
    }

    private void failed(Sending sending, String reason) {
        if (sending.abandoned) {
            send();
        } else {
            log.fails(reason);
            failed();
        }
    }

    private void failed() {
        failures.incrementAndGet();
        retry = timers.after(backoff.nextPause().toNanos(), this::onRetry);
    }

    private synchronized void onRetry() {
        // Not if it was cancelled too late.
        if (retry != null) {
            send();
        }
    }

    /** A request without an answer may be carried out after a later one: then the later one is sent again. */
    private void confirmLater() {
        if (inDoubt) {
            inDoubt = false;
            timers.after(DOUBT.toNanos(), this::confirm);
        }
    }

    private synchronized void confirm() {
        if (stopped.isDone()) {
            return;
        }
        patched.clear();
        if (underWay == null && retry == null) {
            send();
        }
    }

    /** What is on its way. */
    private final class Sending {
        private final List<PodCondition> conditions;
        private final PodStatus.Patch patch;
        private boolean abandoned;

        Sending(List<PodCondition> conditions, PodStatus.Patch patch) {
            this.conditions = conditions;
            this.patch = patch;
        }

        /** A lost lock must not wait for an answer that may never come. */
        boolean saysHeldWrongly() {
            return conditions.stream().anyMatch(sent -> {
                PodCondition now = wanted.get(sent.lock());
                return sent.standing().held() && now != null && !now.standing().held();
            });
        }

        void abandon() {
            abandoned = true;
            patch.abandon();
        }
    }
}
