package dev.holdfast.sidecar.http;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicInteger;

/** How many calls wait or stream now, of all kinds together: each costs memory, and the neighbour may be careless. */
final class WaitingCalls {

    /** Far more than one pod has use for. */
    static final int MOST = 1000;

    private final int most;
    private final AtomicInteger now = new AtomicInteger();

    WaitingCalls(int most) {
        this.most = most;
    }

    int now() {
        return now.get();
    }

    /** Counts a call until its connection closes or its answer has ended; false if it was refused, and told so. */
    boolean admit(RoutingContext call) {
        if (now.incrementAndGet() > most) {
            now.decrementAndGet();
            new Problem(
                            429,
                            "Too Many Requests",
                            "at most " + most + " calls wait or stream at once; end some, or ask without waiting")
                    .send(call.response());
            return false;
        }
        call.addEndHandler(_ -> now.decrementAndGet());
        // Nobody asks for them any more, and a thousand times the largest are a good part of this process's memory.
        call.request().headers().clear();
        return true;
    }
}
