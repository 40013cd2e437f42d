package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.redlock.Reply;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;

/** One node's series, looked up once. Thread-safe. */
final class NodeExchanges {

    private final CounterDataPoint granted;
    private final CounterDataPoint held;
    private final CounterDataPoint outdated;
    private final CounterDataPoint noVote;
    private final CounterDataPoint unreachable;
    private final CounterDataPoint read;
    private final DistributionDataPoint roundTrips;

    NodeExchanges(Counter answers, Histogram roundTrips, String nodeSet, String node) {
        this.granted = answers.labelValues(nodeSet, node, "granted");
        this.held = answers.labelValues(nodeSet, node, "held");
        this.outdated = answers.labelValues(nodeSet, node, "outdated");
        this.noVote = answers.labelValues(nodeSet, node, "no-vote");
        this.unreachable = answers.labelValues(nodeSet, node, "unreachable");
        this.read = answers.labelValues(nodeSet, node, "read");
        this.roundTrips = roundTrips.labelValues(nodeSet, node);
    }

    void answered(Reply reply) {
        CounterDataPoint counter = switch (reply) {
            case Reply.Granted _, Reply.Done _ -> granted;
            case Reply.Held _ -> held;
            case Reply.Stale _, Reply.Overtaken _, Reply.Gone _ -> outdated;
            case Reply.NoVote _, Reply.Forgotten _ -> noVote;
            case Reply.Unreachable _ -> unreachable;
            case Reply.Observed _, Reply.Admitted _ -> read;
        };
        counter.inc();
    }

    void roundTrip(long nanos) {
        roundTrips.observe(nanos / 1e9);
    }
}
