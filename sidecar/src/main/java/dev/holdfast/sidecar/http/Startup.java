package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;

/**
 * Whether the application may start. A probe with {@code ?wait} is answered as soon as it may: a kubelet that asks each second
 * would learn of it up to a second late.
 */
public final class Startup {

    /** Less than the probe's own patience. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(25);

    private final List<Election> elections;
    private final List<LockEvents> events;

    private Startup(List<Election> elections) {
        this.elections = elections;
        this.events = elections.stream().map(LockEvents::new).toList();
    }

    /** It may at once. */
    public static Startup always() {
        return new Startup(List.of());
    }

    /** It may while this pod holds all these locks. Before the elections start, or events are missed. */
    public static Startup whenHeld(List<Election> elections) {
        return new Startup(elections);
    }

    private boolean may() {
        return elections.stream().allMatch(election -> election.leadership() instanceof Leadership.Leading);
    }

    void answer(RoutingContext call) {
        if (!may() && call.queryParams().contains("wait")) {
            new Wait(call).start();
        } else {
            end(call);
        }
    }

    private void end(RoutingContext call) {
        boolean may = may();
        call.response().setStatusCode(may ? 200 : 503).end(may ? "ok\n" : "waits for its locks\n");
    }

    /** On the call's event loop only. */
    private final class Wait {
        private final RoutingContext call;
        private final List<LockEvents.Listener> listeners;
        private final long timer;
        private boolean over;

        Wait(RoutingContext call) {
            this.call = call;
            this.listeners = events.stream()
                    .map(all -> all.listen(call.vertx(), _ -> answerIfItMay()))
                    .toList();
            this.timer = call.vertx().setTimer(LONGEST_WAIT.toMillis(), _ -> answer());
        }

        void start() {
            call.addEndHandler(_ -> stop());
            answerIfItMay();
        }

        private void answerIfItMay() {
            if (may()) {
                answer();
            }
        }

        private void answer() {
            if (!over) {
                stop();
                end(call);
            }
        }

        private void stop() {
            over = true;
            listeners.forEach(LockEvents.Listener::stop);
            call.vertx().cancelTimer(timer);
        }
    }
}
