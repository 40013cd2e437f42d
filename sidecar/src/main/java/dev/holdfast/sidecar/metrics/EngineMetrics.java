package dev.holdfast.sidecar.metrics;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.LeaseEvent.Ending;
import dev.holdfast.sidecar.redlock.RedlockObserver;
import dev.holdfast.sidecar.redlock.Renewal;
import dev.holdfast.sidecar.redlock.Reply;
import java.util.List;

/** Counts and times what the engine of one node set tells. */
final class EngineMetrics implements RedlockObserver {

    private final LeaseMetrics leases;
    private final List<NodeExchanges> nodes;

    EngineMetrics(LeaseMetrics leases, List<NodeExchanges> nodes) {
        this.leases = leases;
        this.nodes = nodes;
    }

    @Override
    public void joinedLine(String lock) {
        leases.of(lock).joinedLine();
    }

    @Override
    public void leftLine(String lock) {
        leases.of(lock).leftLine();
    }

    @Override
    public void contended(String lock, Acquisition result, long took) {
        leases.of(lock).contended(result, took);
    }

    @Override
    public void handedOver(String lock, long took) {
        leases.of(lock).handedOver(took);
    }

    @Override
    public void renewed(String lock, Renewal outcome, long took) {
        leases.of(lock).renewed(outcome, took);
    }

    @Override
    public void ended(String lock, Ending ending, long held) {
        leases.of(lock).ended(ending, held);
    }

    @Override
    public void answered(int slot, Reply reply) {
        nodes.get(slot).answered(reply);
    }

    @Override
    public void roundTrip(int slot, long took) {
        nodes.get(slot).roundTrip(took);
    }
}
