package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** A call that is answered as soon as this pod holds, or with the state when its time is over. On its event loop only. */
final class HeldWait {

    private final RoutingContext call;
    private final Election election;
    private final LockEvents.Listener listener;
    private final long timer;
    private boolean over;

    /** Call once, on the call's event loop. */
    HeldWait(RoutingContext call, Election election, LockEvents events, Duration timeout) {
        this.call = call;
        this.election = election;
        this.listener = events.listen(call.vertx(), _ -> answerIfHeld());
        this.timer = call.vertx().setTimer(timeout.toMillis(), _ -> answer());
    }

    void start() {
        call.addEndHandler(_ -> stop());
        answerIfHeld();
    }

    private void answerIfHeld() {
        if (election.leadership() instanceof Leadership.Leading) {
            answer();
        }
    }

    private void answer() {
        if (!over) {
            stop();
            call.json(new LockState(election).json());
        }
    }

    private void stop() {
        over = true;
        listener.stop();
        call.vertx().cancelTimer(timer);
    }
}
