package dev.holdfast.sidecar.election;

import dev.holdfast.sidecar.election.ElectionEvent.Reason;
import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Contender;
import dev.holdfast.sidecar.redlock.Holder;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.LeaseEvent;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.NodeFault;
import dev.holdfast.sidecar.redlock.NodeStatus;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.Tick;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Campaigns for one lock for as long as the process lives: follows, leads, and after a loss campaigns again. Thread-safe.
 *
 * <p>Observers are told in order, on the election's own thread, and before a lock is released: when they return from
 * {@link ElectionEvent.Lost}, whatever they do while leading must have ended.
 */
public final class Election implements AutoCloseable {

    /** How long a pod that resigned leaves the lock to others, unless told otherwise. */
    private static final Duration STAND_DOWN = Duration.ofSeconds(1);

    private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(2);

    private final Redlock redlock;
    private final String name;
    private final String pod;
    private final Clock wallClock;
    private final Audience audience = new Audience();
    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Thread thread;
    private Lock lock;
    private volatile boolean eligible = true;
    private volatile @Nullable Term term;
    private volatile @Nullable Contender contender;
    private volatile boolean heard;
    private boolean hadQuorum;
    private boolean toldNoQuorum;
    private volatile boolean stopping;

    /**
     * An election that does not campaign yet.
     *
     * @param pod this pod's name, as the engine's holder
     * @throws IllegalArgumentException if the lock's durations do not fit each other or the node set
     */
    public Election(Redlock redlock, Lock lock, String pod, Clock wallClock) {
        redlock.check(lock);
        this.redlock = redlock;
        this.name = lock.name();
        this.lock = lock;
        this.pod = pod;
        this.wallClock = wallClock;
        this.thread = Thread.ofVirtual().name("election-" + lock.name()).unstarted(this::run);
    }

    /** Adds an observer: before {@link #start}, or it misses events. */
    public void observe(Consumer<ElectionEvent> observer) {
        audience.add(observer);
    }

    /**
     * Adds an observer that passes events on by threads of its own, and tells when it has: a release waits for that, for a
     * moment at most. Before {@link #start}, or it misses events.
     */
    public void announce(Function<ElectionEvent, CompletableFuture<?>> herald) {
        audience.addHerald(herald);
    }

    /** Begins to campaign. Call once. */
    public void start() {
        redlock.observeNodes(status -> signals.add(new Signal.Nodes(status)));
        thread.start();
    }

    /** The lock's name. */
    public String lock() {
        return name;
    }

    /** This pod's name. */
    public String pod() {
        return pod;
    }

    /** How each node stands now, slot by slot. */
    public List<NodeStatus> nodes() {
        return redlock.nodeStatus();
    }

    /** How many nodes must vote. */
    public int quorum() {
        return redlock.quorum();
    }

    /** How this pod stands at this instant: computed from the lease's clock, not remembered. */
    public Leadership leadership() {
        if (stopping) {
            // The lease is not released yet, but nobody is told that it is held.
            return new Leadership.Stopping();
        }
        Term now = term;
        if (now != null) {
            Duration validFor = now.lease.validFor();
            if (validFor.isPositive()) {
                return new Leadership.Leading(now.lease.fencingToken(), validFor, now.since);
            }
        }
        Contender campaign = contender;
        Optional<Holder> holder = campaign == null ? Optional.empty() : campaign.holder();
        if (voting(nodes()) < quorum()) {
            return heard ? new Leadership.NoQuorum(holder) : new Leadership.Starting();
        }
        return new Leadership.Following(holder);
    }

    /**
     * Hands over: ends this pod's leadership now and leaves the lock to others for a while.
     *
     * @param standDown how long this pod does not campaign; absent: a second
     * @return whether it was leading; completes when the lock is released
     */
    public CompletableFuture<Boolean> resign(Optional<Duration> standDown) {
        if (!(leadership() instanceof Leadership.Leading)) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        signals.add(new Signal.Resign(Reason.RESIGNED, standDown.orElse(STAND_DOWN), done));
        return done;
    }

    /**
     * Hands over to one pod, if this one leads with this token. Another may take the lock if that pod does not do so within
     * 300 ms, or does not wait for it.
     */
    public void handOver(long token, String successor) {
        signals.add(new Signal.HandOver(token, successor));
    }

    /**
     * Says whether this pod may lead: one that may not resigns, and does not campaign until it may again. It may at first;
     * from another thread only after {@link #start}.
     */
    public void allow(boolean mayLead) {
        if (thread.getState() == Thread.State.NEW) {
            eligible = mayLead; // Not by a signal, or it would campaign before it reads that.
        } else {
            signals.add(new Signal.Eligible(mayLead));
        }
    }

    /** Whether this pod may lead, as it was last told and has seen. */
    public boolean mayLead() {
        return eligible;
    }

    /**
     * Changes the lock's durations. A lease that is held goes on, with its old length and the new {@code maxHold}; the next
     * campaign is under the new ones.
     *
     * @throws IllegalArgumentException if they do not fit each other or the node set: then nothing changes
     */
    public void change(Lock terms) {
        if (!terms.name().equals(name)) {
            throw new IllegalArgumentException("this is lock " + name + ", not " + terms.name());
        }
        redlock.check(terms);
        signals.add(new Signal.Terms(terms));
    }

    /** Resigns, releases and stops campaigning. Blocks until that is done, for two seconds at most. */
    @Override
    public void close() {
        stopping = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        signals.add(new Signal.Resign(Reason.STOPPED, Duration.ZERO, new CompletableFuture<>()));
        try {
            thread.join(RELEASE_PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            Duration standDown = Duration.ZERO;
            Tick since = redlock.now();
            while (!stopping) {
                Lease lease = campaign(standDown.minusNanos(redlock.now().leastSince(since)));
                if (lease != null) {
                    standDown = lead(lease);
                    since = redlock.now();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the lock; null if it has to begin anew, or the process ends first. */
    private @Nullable Lease campaign(Duration standDown) throws InterruptedException {
        Campaign campaign = new Campaign();
        Contender running = redlock.contend(lock, Contender.FOREVER, campaign);
        contender = running;
        running.start(eligible ? standDown : Contender.FOREVER);
        while (true) {
            switch (signals.take()) {
                case Signal.Won won -> {
                    return won.lease();
                }
                case Signal.Tell tell -> tell(tell.event());
                case Signal.Nodes nodes -> checkQuorum(nodes.status());
                case Signal.Resign resign -> {
                    resign.done().complete(false);
                    if (stopping) {
                        withdraw(campaign, running);
                        return null;
                    }
                }
                case Signal.Eligible(var mayLead) -> {
                    if (mayLead != eligible) {
                        eligible = mayLead;
                        withdraw(campaign, running);
                        return null;
                    }
                }
                case Signal.Terms(var terms) -> {
                    lock = terms;
                    withdraw(campaign, running);
                    return null;
                }
                case Signal.OfLease _, Signal.HandOver _ -> {} // of an earlier term
            }
        }
    }

    /** A lease that is won at this very moment is not wanted either. */
    private void withdraw(Campaign campaign, Contender running) {
        campaign.end();
        running.withdraw();
        signals.removeIf(signal -> {
            boolean unwanted = signal instanceof Signal.Won;
            if (signal instanceof Signal.Won(var lease)) {
                lease.release();
            }
            return unwanted;
        });
    }

    /** Leads until it ends; gives the time to stand down after it. */
    private Duration lead(Lease lease) throws InterruptedException {
        long token = lease.fencingToken();
        term = new Term(lease, wallClock.instant());
        contender = null;
        heard = true;
        tell(new ElectionEvent.Acquired(token));
        // After a pause of the process its end may have been told before it was won, when nobody listened.
        lease.ended().thenAccept(ending -> signals.add(new Signal.OfLease(token, new LeaseEvent.Ended(ending))));
        while (true) {
            switch (signals.take()) {
                case Signal.OfLease(var of, var event)
                when of == token -> {
                    switch (event) {
                        case LeaseEvent.AtRisk risk -> tell(new ElectionEvent.AtRisk(token, risk.validFor()));
                        case LeaseEvent.Recovered safe -> tell(new ElectionEvent.Recovered(token, safe.validFor()));
                        case LeaseEvent.Overdue _ -> {
                            return end(lease, Reason.MAX_HOLD, STAND_DOWN, new CompletableFuture<>());
                        }
                        case LeaseEvent.Ended _ -> {
                            term = null;
                            tell(new ElectionEvent.Lost(token, Reason.EXPIRED));
                            return Duration.ZERO;
                        }
                    }
                }
                case Signal.Resign(var reason, var standDown, var done) -> {
                    return end(lease, reason, standDown, done);
                }
                case Signal.HandOver(var of, var successor)
                when of == token -> {
                    return end(lease, Reason.HANDED_OVER, successor, STAND_DOWN, new CompletableFuture<>());
                }
                case Signal.Eligible(var mayLead) -> {
                    eligible = mayLead;
                    if (!mayLead) {
                        return end(lease, Reason.UNHEALTHY, Duration.ZERO, new CompletableFuture<>());
                    }
                }
                case Signal.Terms(var terms) -> {
                    lock = terms;
                    lease.limit(terms.maxHold());
                }
                case Signal.Tell tell -> tell(tell.event());
                case Signal.Nodes nodes -> checkQuorum(nodes.status());
                case Signal.OfLease _, Signal.Won _, Signal.HandOver _ -> {}
            }
        }
    }

    /** Stop leading first, release then. */
    private Duration end(Lease lease, Reason reason, Duration standDown, CompletableFuture<Boolean> done) {
        return end(lease, reason, "", standDown, done);
    }

    private Duration end(
            Lease lease, Reason reason, String successor, Duration standDown, CompletableFuture<Boolean> done) {
        term = null;
        tell(new ElectionEvent.Lost(lease.fencingToken(), reason));
        lease.release(successor)
                .orTimeout(RELEASE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, _) -> true)
                .join();
        done.complete(true);
        return standDown;
    }

    private void checkQuorum(List<NodeStatus> status) {
        boolean hasQuorum = voting(status) >= quorum();
        if (hadQuorum && !hasQuorum) {
            List<NodeFault> faults = status.stream()
                    .filter(node -> node.state() != NodeStatus.State.VOTING)
                    .map(node -> new NodeFault(node.address(), node.reason()))
                    .toList();
            tell(new ElectionEvent.NoQuorum(new Acquisition.NoQuorum(voting(status), quorum(), faults)));
        } else if (hasQuorum && toldNoQuorum) {
            tell(new ElectionEvent.QuorumRegained());
        }
        hadQuorum = hasQuorum;
    }

    private static int voting(List<NodeStatus> status) {
        return (int) status.stream()
                .filter(node -> node.state() == NodeStatus.State.VOTING)
                .count();
    }

    private void tell(ElectionEvent event) {
        toldNoQuorum = event instanceof ElectionEvent.NoQuorum
                || (toldNoQuorum && !(event instanceof ElectionEvent.QuorumRegained));
        audience.tell(event);
    }

    /** One time of leading. */
    private record Term(Lease lease, Instant since) {}

    /** Brings what the engine's threads report to the election's thread. */
    private final class Campaign implements Contender.Listener {
        private volatile long token;
        private boolean over;

        /** From now on nothing is won. */
        synchronized void end() {
            over = true;
        }

        @Override
        public void onLease(LeaseEvent event) {
            signals.add(new Signal.OfLease(token, event));
        }

        @Override
        public synchronized void onResult(Acquisition acquisition) {
            if (acquisition instanceof Acquisition.Acquired(var lease)) {
                token = lease.fencingToken();
                if (over) {
                    lease.release();
                } else {
                    signals.add(new Signal.Won(lease));
                }
            }
        }

        @Override
        public void onRefusal(Acquisition refusal) {
            if (!heard && refusal instanceof Acquisition.NoQuorum none) {
                signals.add(new Signal.Tell(new ElectionEvent.NoQuorum(none)));
            }
            heard = true;
        }

        @Override
        public void onHolder(Optional<Holder> holder) {
            signals.add(new Signal.Tell(new ElectionEvent.HolderChanged(holder)));
        }
    }
}
