package dev.holdfast.sidecar.redlock;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What happened, counted. */
final class Statistics {

    enum Count {
        HOLDS("leases acquired"),
        RELEASES("released"),
        HANDOVERS("released to a successor"),
        TAKEOVERS("records taken over by a witness"),
        LOST("leases lost"),
        OVERDUE("leases ended by maxHold"),
        DELAYED("lock-delays waited"),
        REFUSALS("attempts refused"),
        COMMITS("commits (second round trip)"),
        JOINS("nodes joined by a renewal"),
        EXPIRED("entries expired"),
        CRASHES("client crashes"),
        PAUSES("client pauses"),
        CUTS("cuts"),
        NODE_PAUSES("node pauses"),
        RESTARTS("node restarts with data"),
        LOSSES("losses of memory"),
        READMISSIONS("admissions by rule a"),
        ADMISSIONS("admissions by rule b"),
        CLOCK_ADMISSIONS("admissions by rule c"),
        LATE("requests executed late or twice"),
        CLOCK_FAULTS("clock faults"),
        EVENTS("events");

        final String text;

        Count(String text) {
            this.text = text;
        }
    }

    private final Map<Count, Counter> counters = new EnumMap<>(Count.class);

    Statistics() {
        for (Count count : Count.values()) {
            counters.put(count, new Counter());
        }
    }

    private static final class Counter {
        private long value;
    }

    private Counter counter(Count count) {
        return Objects.requireNonNull(counters.get(count));
    }

    void add(Count count) {
        counter(count).value++;
    }

    long get(Count count) {
        return counter(count).value;
    }

    void add(Statistics other) {
        counters.forEach((count, counter) -> counter.value += other.get(count));
    }
}
