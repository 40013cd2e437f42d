package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One client process's way to one node. Requests and replies of one connection stay in order. When a request is not
 * answered in time the connection is given up and all its open requests with it; some of them still arrive, after those
 * of the next connection or twice.
 */
final class SimLockNode implements LockNode {

    private final Simulation simulation;
    private final SimHost host;
    private final SimNode node;
    private final int boot;
    private final List<Call> queued = new ArrayList<>(4);
    private Connection connection = new Connection();
    private Runnable lost = () -> {};

    SimLockNode(Simulation simulation, SimHost host, SimNode node) {
        this.simulation = simulation;
        this.host = host;
        this.node = node;
        this.boot = host.boot;
    }

    private static final class Connection {
        private final List<Call> open = new ArrayList<>(4);
        private boolean broken;
        private long lastArrival;
        private long lastReply;
    }

    private static final class Call {
        private final Request request;
        private final Consumer<Reply> reply;
        private final Connection connection;
        private long sentAt;
        private long giveUpAt;
        private boolean timed;
        private boolean done;

        Call(Request request, Consumer<Reply> reply, Connection connection) {
            this.request = request;
            this.reply = reply;
            this.connection = connection;
        }
    }

    @Override
    public String address() {
        return "node" + node.slot;
    }

    @Override
    public void send(Request request, Consumer<Reply> reply) {
        host.sending(request);
        queued.add(new Call(request, reply, connection));
    }

    @Override
    public void flush() {
        for (int i = 0; i < queued.size(); i++) {
            transmit(queued.get(i));
        }
        queued.clear();
    }

    @Override
    public Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
        var subscription = new SimNode.SimSubscription(host, active, observer);
        node.subscribe(lock, subscription);
        return () -> node.cancel(lock, subscription);
    }

    @Override
    public void observe(Runnable onLoss) {
        lost = onLoss;
    }

    @Override
    public void close() {}

    private void transmit(Call call) {
        call.sentAt = simulation.now;
        call.giveUpAt = simulation.now + simulation.settings.operationTimeout;
        call.connection.open.add(call);
        if (host.cutTo[node.slot] || simulation.isLost()) {
            if (simulation.random.percent(50)) {
                arriveLate(call);
            }
            timeOut(call);
            return;
        }
        long arrival = Math.max(call.connection.lastArrival, simulation.now + simulation.delay());
        call.connection.lastArrival = arrival;
        if (arrival >= call.giveUpAt) {
            timeOut(call);
        }
        simulation.at(arrival, () -> arrive(call));
        // A status request that came twice could name two losses of memory alike. No connection delivers twice, though.
        boolean mayComeTwice = !(call.request instanceof Request.Status);
        if (mayComeTwice && !simulation.calm && simulation.random.percent(simulation.settings.duplicates)) {
            arriveLate(call);
        }
    }

    private void arriveLate(Call call) {
        simulation.at(simulation.now + simulation.random.below(simulation.settings.longDelay), () -> {
            if (node.up && !simulation.calm) {
                simulation.statistics.add(Count.LATE);
                apply(call);
            }
        });
    }

    private void arrive(Call call) {
        if (simulation.now < node.pausedUntil) {
            if (node.pausedUntil >= call.giveUpAt) {
                timeOut(call);
            }
            simulation.at(node.pausedUntil, () -> arrive(call));
        } else if (!node.up) {
            if (simulation.random.percent(50)) { // connection refused
                simulation.at(
                        simulation.now + simulation.delay(),
                        () -> host.deliver(SimHost.Kind.REPLY, boot, () -> giveUp(call)));
            } else {
                timeOut(call);
            }
        } else if (!call.connection.broken) {
            reply(call, apply(call));
        } else if (!simulation.calm && simulation.random.percent(50)) {
            simulation.statistics.add(Count.LATE);
            apply(call);
        }
    }

    private Reply apply(Call call) {
        Reply reply = node.apply(call.request, call.sentAt);
        if (reply instanceof Reply.Done && call.request instanceof Request.Readmit) {
            simulation.statistics.add(Count.READMISSIONS);
        } else if (reply instanceof Reply.Done && call.request instanceof Request.Admit) {
            boolean byClock = host.boot == boot && host.admittedByClock(node.slot);
            simulation.statistics.add(byClock ? Count.CLOCK_ADMISSIONS : Count.ADMISSIONS);
        }
        return reply;
    }

    private void reply(Call call, Reply reply) {
        if (call.done || host.boot != boot) {
            return;
        }
        long arrival = Math.max(call.connection.lastReply, simulation.now + simulation.delay());
        call.connection.lastReply = arrival;
        if (host.cutFrom[node.slot] || simulation.isLost() || arrival >= call.giveUpAt) {
            timeOut(call);
        } else {
            simulation.at(arrival, () -> host.deliver(SimHost.Kind.REPLY, boot, () -> answer(call, reply)));
        }
    }

    private void answer(Call call, Reply reply) {
        if (call.done) {
            return;
        }
        if (host.timeOutsFirst && simulation.now > call.giveUpAt) {
            giveUp(call);
            return;
        }
        call.done = true;
        call.connection.open.remove(call);
        simulation.trace(host.index, reply.getClass().getSimpleName().hashCode());
        if (reply instanceof Reply.Granted granted && call.request instanceof Request.Acquire acquire) {
            host.app(acquire.lock()).granted(acquire.attempt(), granted.dirty());
        }
        call.reply.accept(reply);
    }

    private void timeOut(Call call) {
        if (!call.timed) {
            call.timed = true;
            long at = Math.max(simulation.now, call.giveUpAt);
            simulation.at(at, () -> host.deliver(SimHost.Kind.TIMER, boot, () -> giveUp(call)));
        }
    }

    /** Closes the connection: no late reply may answer another request. */
    private void giveUp(Call call) {
        if (call.done) {
            return;
        }
        Connection broken = call.connection;
        broken.broken = true;
        if (connection == broken) {
            connection = new Connection();
        }
        List<Call> unanswered = List.copyOf(broken.open);
        broken.open.clear();
        unanswered.forEach(each -> each.done = true);
        unanswered.forEach(each -> each.reply.accept(new Reply.Unreachable("no answer in time")));
        lost.run();
    }
}
