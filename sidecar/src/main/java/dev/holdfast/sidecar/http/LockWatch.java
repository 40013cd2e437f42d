package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The calls that tell how one lock stands: now, when it is held, or from now on. */
final class LockWatch {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Election election;
    private final LockEvents events;
    private final WaitingCalls waiting;

    /** Before the election starts, or events are missed. */
    LockWatch(Election election, WaitingCalls waiting) {
        this.election = election;
        this.events = new LockEvents(election);
        this.waiting = waiting;
    }

    Election election() {
        return election;
    }

    LockEvents events() {
        return events;
    }

    /** The state now; with {@code ?until=held} as soon as this pod holds. */
    void state(RoutingContext call) {
        QueryParameters query = new QueryParameters(call.queryParams(), List.of("until", "timeout"));
        Optional<String> until = query.text("until");
        Duration timeout = query.duration("timeout", DEFAULT_TIMEOUT, DurationLimits.TIMEOUT);
        if (until.isEmpty()) {
            if (query.text("timeout").isPresent()) {
                throw new IllegalArgumentException("timeout is for ?until=held only");
            }
            call.json(new LockState(election).json());
            return;
        }
        if (!until.get().equals("held")) {
            throw new IllegalArgumentException("until is \"" + until.get() + "\"; allowed: held");
        }
        if (waiting.admit(call)) {
            new HeldWait(call, election, events, timeout).start();
        }
    }

    /** Server-sent events. */
    void events(RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        if (waiting.admit(call)) {
            LockNews news = new LockNews(election);
            EventStream stream = new EventStream(call, news);
            LockEvents.Listener listener = events.listen(call.vertx(), event -> {
                news.add(event);
                stream.poke();
            });
            call.addEndHandler(_ -> listener.stop());
            stream.start();
        }
    }
}
