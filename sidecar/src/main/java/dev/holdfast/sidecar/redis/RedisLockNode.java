package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.LockNode;
import dev.holdfast.sidecar.redlock.Reply;
import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.Tick;
import dev.holdfast.sidecar.redlock.Timers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One node on Redis: a lane. Requests queue up and travel together; one thread reads the answers. Thread-safe.
 *
 * <p>While few answers are awaited a request leaves at once, on its caller's thread; while many are, it waits for them and
 * leaves with all that queued up meanwhile. So one caller pays no hand-over between threads, and many share round trips.
 *
 * <p>A request that is not answered in time ends the connection: a late answer must never be taken for that of another.
 */
final class RedisLockNode implements LockNode {

    /** While fewer calls are under way, requests leave at once: of a pair, the slowest node's answer may be outstanding. */
    private static final int FEW = 2;

    /**
     * One call carries no more: what is under way, at up to 1.2 KB a request, fits the connection's send buffer, so a write
     * never blocks.
     */
    private static final int MOST = 64;

    /** Long timeouts are noticed up to so late, in nanoseconds: those of all lanes then wake the timers' thread but once. */
    private static final long GRAIN = 50_000_000;

    private final Endpoint endpoint;
    private final Environment environment;
    private final Handshake handshake;
    private final Commands commands;
    private final Notifications notifications;
    private final Thread reader;
    private final Object lane = new Object();
    private final ArrayDeque<Pending> queued = new ArrayDeque<>();
    private final ArrayDeque<Call> underWay = new ArrayDeque<>();
    private final ArrayDeque<Call> again = new ArrayDeque<>(1);
    private final AtomicInteger flushes = new AtomicInteger();
    private @Nullable NodeConnection connection;
    private @Nullable Marker marker;
    private boolean begun;
    private String runId = "";
    private @Nullable String down;
    private Timers.@Nullable Timer timeout;
    private @Nullable Tick timeoutBase;
    private long timeoutAfter;
    private volatile @Nullable NodeConnection abortable;
    private volatile boolean closed;
    private volatile Runnable lost = () -> {};

    RedisLockNode(NodeSet set, int slot, Environment environment) {
        this.endpoint = set.nodes().get(slot);
        this.environment = environment;
        this.handshake = new Handshake(set, slot);
        this.commands = new Commands(set, slot);
        this.notifications = new Notifications(set, endpoint, environment);
        this.reader = Thread.ofPlatform().daemon().name("holdfast-node-" + slot).unstarted(this::run);
    }

    @Override
    public String address() {
        return endpoint.toString();
    }

    @Override
    public void send(Request request, Consumer<Reply> reply) {
        Pending pending = new Pending(request, reply, environment.clock().now());
        synchronized (lane) {
            String reason = closed ? "closed" : down;
            if (reason == null) {
                if (!begun) {
                    begun = true;
                    reader.start();
                }
                queued.add(pending);
                watchTimeout(pending);
            } else {
                environment.timers().after(0, () -> reply.accept(new Reply.Unreachable(reason)));
            }
        }
    }

    @Override
    public void flush() {
        // Whoever comes while another writes leaves it to that one, so that nobody waits for a write.
        int seen = flushes.getAndIncrement() == 0 ? 1 : 0;
        while (seen != 0) {
            while (writeNext()) {}
            seen = flushes.addAndGet(-seen);
        }
    }

    @Override
    public Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
        return notifications.subscribe(lock, active, observer);
    }

    @Override
    public void observe(Runnable onLoss) {
        lost = onLoss;
    }

    @Override
    public void close() {
        closed = true;
        notifications.close();
        abort();
        reader.interrupt();
    }

    private void abort() {
        NodeConnection now = abortable;
        if (now != null) {
            now.abort();
        }
    }

    // The reader's thread: connects, reads, and after a failure connects again.

    private void run() {
        Reconnecting reconnecting = new Reconnecting(environment.random());
        while (!closed) {
            String reason;
            try {
                connect();
                reconnecting.connected();
                while (true) {
                    readOne();
                }
            } catch (JedisException | IllegalStateException | IllegalArgumentException e) {
                reason = Failures.describe(e);
            }
            disconnect(reason);
            reconnecting.pause();
            synchronized (lane) {
                down = null;
            }
        }
        disconnect("closed");
    }

    private void connect() {
        NodeConnection fresh = handshake.open();
        abortable = fresh;
        Handshake.Result result = handshake.perform(fresh);
        fresh.waitForever();
        synchronized (lane) {
            runId = result.runId();
            marker = result.marker().orElse(null);
            connection = fresh;
        }
        flush();
        if (closed) {
            fresh.abort();
        }
    }

    private void disconnect(String reason) {
        List<Pending> failed = new ArrayList<>();
        synchronized (lane) {
            down = reason;
            connection = null;
            marker = null;
            underWay.forEach(call -> failed.addAll(call.requests));
            again.forEach(call -> failed.addAll(call.requests));
            failed.addAll(queued);
            underWay.clear();
            again.clear();
            queued.clear();
        }
        abort();
        abortable = null;
        // What ended this connection may have left the other one half open.
        notifications.reset();
        failed.forEach(pending -> pending.reply.accept(new Reply.Unreachable(reason)));
        lost.run();
    }

    private void readOne() {
        NodeConnection from = abortable;
        if (from == null) {
            throw new IllegalStateException("closed");
        }
        Object answer;
        try {
            answer = from.read();
        } catch (JedisDataException e) {
            answer = e;
        }
        Call call;
        synchronized (lane) {
            call = underWay.remove();
        }
        flush();
        switch (answer) {
            case List<?> list when !(list.getFirst() instanceof byte[]) -> replyToEach(call, list);
            case JedisDataException e when Failures.isNoScript(e) && !call.whole -> callAgain(call);
            default -> {
                Reply reply = interpret(call.requests.getFirst(), answer);
                call.requests.forEach(pending -> pending.reply.accept(reply));
            }
        }
    }

    private void replyToEach(Call call, List<?> answers) {
        if (answers.size() != call.requests.size()) {
            throw new IllegalStateException(answers.size() + " answers to " + call.requests.size() + " requests");
        }
        for (int i = 0; i < answers.size(); i++) {
            Pending pending = call.requests.get(i);
            pending.reply.accept(interpret(pending, answers.get(i)));
        }
    }

    private Reply interpret(Pending pending, Object answer) {
        return switch (answer) {
            case Long _ -> Replies.done(pending.request);
            case List<?> list -> {
                String kind = Replies.text(list, 0);
                if (kind.equals("MARKER")) {
                    yield adopt(Replies.text(list, 1));
                }
                if (kind.equals("ADMITTED")) {
                    adopt(Replies.text(list, 4));
                }
                yield Replies.parse(kind, list);
            }
            case JedisDataException e -> new Reply.Unreachable(Failures.describe(e));
            default -> throw new IllegalStateException("unexpected answer: " + answer);
        };
    }

    /** The node forgot the scripts: the call goes again with the script's whole text, which the node then remembers. */
    private void callAgain(Call call) {
        call.whole = true;
        synchronized (lane) {
            again.add(call);
        }
        flush();
    }

    /** Takes note of the marker that the node has now; it counts if it is of this slot and this very process. */
    private Reply adopt(String text) {
        Optional<Marker> valid = text.isEmpty() ? Optional.empty() : handshake.accept(Marker.parse(text), runId);
        synchronized (lane) {
            marker = valid.orElse(null);
        }
        return new Reply.NoVote(valid.isPresent() ? "it was just admitted; ask again" : Handshake.UNADMITTED);
    }

    /** By one thread at a time. False if there is nothing more to write now. */
    private boolean writeNext() {
        NodeConnection to;
        Call call;
        synchronized (lane) {
            to = connection;
            if (to == null || (again.isEmpty() && (queued.isEmpty() || underWay.size() >= FEW))) {
                return false;
            }
            call = again.isEmpty() ? nextCall() : again.remove();
            if (call == null) {
                return true;
            }
            underWay.add(call);
        }
        try {
            to.write(call.command(commands));
            to.flush();
        } catch (JedisException _) {
            // The reader notices, and answers what is under way.
            to.abort();
        }
        return true;
    }

    // Under the lane's lock.

    /** The longest run of queued requests that one call can carry; null if none of them can be asked now. */
    private @Nullable Call nextCall() {
        List<Pending> requests = new ArrayList<>(Math.min(queued.size(), MOST));
        Pending first = queued.remove();
        requests.add(first);
        if (first.request instanceof Request.OnLock) {
            Pending next = queued.peek();
            while (next != null && next.request instanceof Request.OnLock && requests.size() < MOST) {
                requests.add(queued.remove());
                next = queued.peek();
            }
            if (marker == null) {
                Reply reply = new Reply.NoVote(handshake.objection());
                environment.timers().after(0, () -> requests.forEach(pending -> pending.reply.accept(reply)));
                return null;
            }
        }
        return new Call(requests, marker);
    }

    private void watchTimeout(Pending pending) {
        long nanos = pending.request.timeout().toNanos();
        Tick base = timeoutBase;
        if (timeout == null || base == null || timeoutAfter - pending.sent.mostSince(base) > nanos) {
            if (timeout != null) {
                timeout.cancel();
            }
            setTimeout(pending.sent, nanos);
        }
    }

    private void setTimeout(Tick from, long nanos) {
        timeoutBase = from;
        timeoutAfter = nanos;
        long late = nanos < 8 * GRAIN ? 0 : GRAIN - Math.floorMod(from.monotonic() + nanos, GRAIN);
        timeout = environment.timers().after(nanos + late, this::onTimeout);
    }

    private void onTimeout() {
        List<Pending> unsent = new ArrayList<>(0);
        boolean hung;
        synchronized (lane) {
            Tick now = environment.clock().now();
            hung = underWay.stream().anyMatch(call -> call.left(now) <= 0);
            // Without a connection there is nothing to end: these are answered here.
            queued.removeIf(pending -> pending.left(now) <= 0 && unsent.add(pending));
            timeout = null;
            long soonest = Long.MAX_VALUE;
            for (Call call : underWay) {
                soonest = Math.min(soonest, call.left(now));
            }
            for (Pending pending : queued) {
                soonest = Math.min(soonest, pending.left(now));
            }
            if (!hung && soonest < Long.MAX_VALUE) {
                setTimeout(now, soonest);
            }
        }
        if (hung) {
            abort();
        }
        unsent.forEach(pending -> pending.reply.accept(new Reply.Unreachable("no connection in time")));
    }

    /** One request on its way. */
    private record Pending(Request request, Consumer<Reply> reply, Tick sent) {
        long left(Tick now) {
            return request.timeout().toNanos() - now.mostSince(sent);
        }
    }

    /** What travels together: requests on locks, or one about admission. */
    private static final class Call {
        private final List<Pending> requests;
        private final @Nullable Marker marker;
        private boolean whole;

        Call(List<Pending> requests, @Nullable Marker marker) {
            this.requests = requests;
            this.marker = marker;
        }

        long left(Tick now) {
            long soonest = Long.MAX_VALUE;
            for (Pending pending : requests) {
                soonest = Math.min(soonest, pending.left(now));
            }
            return soonest;
        }

        CommandArguments command(Commands commands) {
            List<Request.OnLock> onLocks = new ArrayList<>(requests.size());
            for (Pending pending : requests) {
                if (pending.request instanceof Request.OnLock onLock) {
                    onLocks.add(onLock);
                }
            }
            return marker == null || onLocks.isEmpty()
                    ? commands.admission(requests.getFirst().request, whole)
                    : commands.onLocks(onLocks, marker, whole);
        }
    }
}
