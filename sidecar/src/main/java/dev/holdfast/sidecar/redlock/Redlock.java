package dev.holdfast.sidecar.redlock;

import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * Leases on the locks of one node set: the engine's front door. One per process and node set. Thread-safe; nothing blocks.
 *
 * <p>Source of the algorithm: Redlock (redis.io, "Distributed Locks with Redis"), changed in two ways: expiry is witnessed
 * by contenders instead of left to the nodes' clocks (as in client-go's leader election, per node), and each acquisition
 * commits a fencing token on a quorum.
 */
public final class Redlock implements AutoCloseable {

    private static final Pattern HOLDER = Pattern.compile("[\\x21-\\x7e&&[^@]]{1,253}");

    private final List<LockNode> nodes;
    private final String holder;
    private final Duration longestLease;
    private final Environment environment;
    private final RedlockObserver observer;
    private final SafetyRules rules;
    private final int quorum;
    private final String process;
    private final AtomicLong attempts = new AtomicLong();
    private final Set<String> alive = ConcurrentHashMap.newKeySet();
    private final Underway underway = new Underway();
    private final WitnessMemory witnessMemory = new WitnessMemory();
    private final Object sendOrder = new Object();
    private final Admission admission;
    private long largestNumber;

    /**
     * @param nodes slot by slot; 1, 3, 5, 7 or 9
     * @param holder this pod's name: others are told it
     * @param longestLease the node set's bound on leases
     * @throws IllegalArgumentException for another number of nodes, or a name that cannot be stored
     */
    public Redlock(List<LockNode> nodes, String holder, Duration longestLease, Environment environment) {
        this(nodes, holder, longestLease, environment, RedlockObserver.NONE);
    }

    /** {@link #Redlock(List, String, Duration, Environment)}, and the observer is told what happens. */
    public Redlock(
            List<LockNode> nodes,
            String holder,
            Duration longestLease,
            Environment environment,
            RedlockObserver observer) {
        this(nodes, holder, longestLease, environment, observer, SafetyRules.ALL);
    }

    /**
     * {@link #Redlock(List, String, Duration, Environment, RedlockObserver)}, that lets the nodes be.
     *
     * @param time when to begin to look after them; who asks for a lock does so anyway
     */
    public Redlock(
            List<LockNode> nodes,
            String holder,
            Duration longestLease,
            Environment environment,
            RedlockObserver observer,
            CompletionStage<?> time) {
        this(nodes, holder, longestLease, environment, observer, SafetyRules.ALL, time);
    }

    Redlock(
            List<LockNode> nodes,
            String holder,
            Duration longestLease,
            Environment environment,
            RedlockObserver observer,
            SafetyRules rules) {
        this(nodes, holder, longestLease, environment, observer, rules, CompletableFuture.completedFuture(null));
    }

    private Redlock(
            List<LockNode> nodes,
            String holder,
            Duration longestLease,
            Environment environment,
            RedlockObserver observer,
            SafetyRules rules,
            CompletionStage<?> time) {
        if (nodes.size() % 2 == 0 || nodes.size() > 9) {
            throw new IllegalArgumentException(nodes.size() + " nodes; use 1, 3, 5, 7 or 9");
        }
        if (!HOLDER.matcher(holder).matches()) {
            throw new IllegalArgumentException(
                    "holder name \"" + holder + "\": use 1 to 253 printable ASCII characters without spaces and @");
        }
        LeaseTiming.of(longestLease, environment.drift());
        this.nodes = List.copyOf(nodes);
        this.holder = holder;
        this.longestLease = longestLease;
        this.environment = environment;
        this.observer = observer;
        this.rules = rules;
        this.quorum = rules.quorum(nodes.size());
        byte[] bits = new byte[16];
        environment.random().nextBytes(bits);
        this.process = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        this.admission = new Admission(this);
        for (int slot = 0; slot < nodes.size(); slot++) {
            int index = slot;
            nodes.get(slot).observe(() -> admission.doubt(index));
        }
        time.thenRun(admission::start);
    }

    /**
     * Tries once.
     *
     * @throws IllegalArgumentException if the lock's durations do not fit each other or the node set
     */
    public CompletableFuture<Acquisition> tryAcquire(Lock lock) {
        return acquire(lock, Duration.ZERO, _ -> {});
    }

    /** {@link #acquire(Lock, Duration, Consumer)} for callers that ask the lease when they want to know. */
    public CompletableFuture<Acquisition> acquire(Lock lock, Duration wait) {
        return acquire(lock, wait, _ -> {});
    }

    /**
     * Acquires the lock, waiting for it as long as told. The waiter is woken by the holder's release. Cancelling the
     * future withdraws the waiter, and releases the lease if it was acquired at that very moment.
     *
     * @param wait zero: try once
     * @param listener is told what becomes of the lease, in order; must not block
     * @throws IllegalArgumentException if the lock's durations do not fit each other or the node set
     */
    public CompletableFuture<Acquisition> acquire(Lock lock, Duration wait, Consumer<LeaseEvent> listener) {
        CompletableFuture<Acquisition> result = new CompletableFuture<>();
        Contender contender = contend(lock, wait, new Contender.Listener() {
            @Override
            public void onLease(LeaseEvent event) {
                listener.accept(event);
            }

            @Override
            public void onResult(Acquisition acquisition) {
                boolean wanted = result.complete(acquisition);
                if (!wanted && acquisition instanceof Acquisition.Acquired(var lease)) {
                    lease.release(); // Cancelled at this very moment.
                }
            }
        });
        result.whenComplete((acquisition, _) -> {
            if (result.isCancelled()) {
                contender.withdraw();
            }
        });
        contender.start();
        return result;
    }

    /** Looks once who has a lock; a moment at most, while nodes do not answer. */
    public CompletableFuture<Sighting> look(Lock lock) {
        return new Look(this, lock).start();
    }

    /**
     * The timing of a lock's leases.
     *
     * @throws IllegalArgumentException if the lock's durations do not fit each other or the node set, with what to change
     */
    public LeaseTiming check(Lock lock) {
        if (lock.leaseDuration().compareTo(longestLease) > 0) {
            throw new IllegalArgumentException("leaseDuration " + lock.leaseDuration() + " of lock " + lock.name()
                    + " is above the node set's maxLeaseDuration " + longestLease
                    + "; shorten the one or raise the other");
        }
        return LeaseTiming.of(lock.leaseDuration(), environment.drift());
    }

    /** A contender that has not started; for those who want to watch it wait. */
    public Contender contend(Lock lock, Duration wait, Contender.Listener listener) {
        LeaseTiming timing = check(lock);
        return new Contender(this, lock, timing, wait, listener);
    }

    /** How each node stands now, slot by slot. */
    public List<NodeStatus> nodeStatus() {
        return admission.nodeStatus();
    }

    /** Tells how the nodes stand, now and after each change; the observer must not block. */
    public void observeNodes(Consumer<List<NodeStatus>> observer) {
        admission.observe(observer);
    }

    /** How many votes a lease needs. */
    public int quorum() {
        return quorum;
    }

    /**
     * Lets nobody take a lock any more: whoever tries is told that it is cancelled. Completes when every attempt and every
     * lease of this process has been given back, on each node that answers; never, while a lease is held still.
     */
    public CompletableFuture<Void> drain() {
        return underway.drain();
    }

    /** Stops admission and closes the nodes. Leases that were not released run out. */
    @Override
    public void close() {
        admission.stop();
        nodes.forEach(LockNode::close);
    }

    // What the state machines of this package share.

    List<LockNode> nodes() {
        return nodes;
    }

    RedlockObserver observer() {
        return observer;
    }

    SafetyRules rules() {
        return rules;
    }

    Environment environment() {
        return environment;
    }

    Duration longestLease() {
        return longestLease;
    }

    /** This process's clocks for elapsed time. */
    public Tick now() {
        return environment.clock().now();
    }

    Timers.Timer after(long nanos, Runnable task) {
        return environment.timers().after(nanos, task);
    }

    String newAttemptId() {
        return process + '.' + Long.toString(attempts.incrementAndGet(), 36) + '@' + holder;
    }

    /** A waiter's place in line: ids sort by arrival, so far as wall clocks agree; that is fairness, not safety. */
    String newWaiterId() {
        String micros = Long.toString(environment.wallMicros().getAsLong());
        return "0".repeat(Math.max(0, 16 - micros.length())) + micros + '.' + newAttemptId();
    }

    static String holderOf(String attempt) {
        return attempt.substring(attempt.indexOf('@') + 1);
    }

    WitnessMemory witnessMemory() {
        return witnessMemory;
    }

    Underway underway() {
        return underway;
    }

    void register(Claim claim) {
        alive.add(claim.id);
    }

    void unregister(Claim claim) {
        alive.remove(claim.id);
    }

    /** A number was seen in any reply: later hints are above it. */
    void saw(long number) {
        synchronized (sendOrder) {
            largestNumber = Math.max(largestNumber, number);
        }
    }

    /** Asks every node at once. All nodes get this process's requests in the same order. */
    void ask(AcquireRequests requests, SlotReply replies) {
        synchronized (sendOrder) {
            long hint = rules.hint(largestNumber, environment.wallMicros().getAsLong());
            largestNumber = Math.max(largestNumber, hint);
            for (int slot = 0; slot < nodes.size(); slot++) {
                send(slot, requests.request(slot, hint), replies);
            }
        }
        nodes.forEach(LockNode::flush);
    }

    void ask(BitSet slots, IntFunction<Request> requests, SlotReply replies) {
        synchronized (sendOrder) {
            slots.stream().forEach(slot -> send(slot, requests.apply(slot), replies));
        }
        slots.stream().forEach(slot -> nodes.get(slot).flush());
    }

    void ask(int slot, Request request, Consumer<Reply> reply) {
        synchronized (sendOrder) {
            send(slot, request, (_, answer) -> reply.accept(answer));
        }
        nodes.get(slot).flush();
    }

    private void send(int slot, Request request, SlotReply replies) {
        nodes.get(slot).send(request, reply -> {
            learn(slot, reply);
            observer.answered(slot, reply);
            replies.accept(slot, reply);
        });
    }

    private void learn(int slot, Reply reply) {
        switch (reply) {
            case Reply.Granted granted -> saw(granted.number());
            case Reply.Held held -> saw(held.number());
            case Reply.Observed observed -> saw(observed.number());
            case Reply.Overtaken overtaken -> saw(overtaken.number());
            case Reply.Admitted admitted -> saw(admitted.max());
            case Reply.NoVote _, Reply.Unreachable _ -> admission.doubt(slot);
            default -> {}
        }
    }

    /** Tells the observer how long a node took; of one that did not answer there is nothing to tell. */
    void tellRoundTrip(int slot, Tick sent, Tick now, Reply reply) {
        if (!(reply instanceof Reply.Unreachable)) {
            observer.roundTrip(slot, now.mostSince(sent));
        }
    }

    /** An attempt of this process that is over still has a node: its request landed after its release. */
    void releaseLeftover(int slot, Lock lock, LockRecord record) {
        if (record.attempt().startsWith(process) && !alive.contains(record.attempt())) {
            var release = new Request.Release(
                    lock.name(), record.attempt(), Long.MAX_VALUE >> 11, lock.keepMillis(), false, "", 0);
            ask(slot, release, _ -> {});
        }
    }

    /** The request for a slot, given the hint that all slots share. */
    @FunctionalInterface
    interface AcquireRequests {
        Request request(int slot, long hint);
    }

    /** A reply, and from which slot. */
    @FunctionalInterface
    interface SlotReply {
        void accept(int slot, Reply reply);
    }
}
