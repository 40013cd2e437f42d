package dev.holdfast.operator;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.nodes.Nodes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Redis as the operator would meet it: every node votes. */
final class FakeNodes implements Nodes {

    final List<String> admitted = new CopyOnWriteArrayList<>();
    final List<String> recordedBefore = new CopyOnWriteArrayList<>();
    volatile boolean dieWhileAdmitting;
    volatile boolean acceptNext = true;
    private final Function<RedisNodeSet, String> recorded;

    /** @param recorded what the cluster knows of a set's admission */
    FakeNodes(Function<RedisNodeSet, String> recorded) {
        this.recorded = recorded;
    }

    @Override
    public Optional<String> admitFresh(RedisNodeSet set, Optional<Credentials> credentials) {
        admitted.add(set.getMetadata().getUid());
        recordedBefore.add(recorded.apply(set));
        if (dieWhileAdmitting) {
            throw new IllegalStateException("as if the process had died here");
        }
        return Optional.empty();
    }

    /** Nodes that run with an access list know all its passwords. */
    @Override
    public boolean allAccept(RedisNodeSet set, Credentials credentials) {
        return acceptNext;
    }

    @Override
    public void care(RedisNodeSet set, Optional<Credentials> credentials) {}

    @Override
    public List<Node> look(RedisNodeSet set, Optional<Credentials> credentials) {
        List<String> addresses = LockManifests.addresses(set);
        return IntStream.range(0, addresses.size())
                .mapToObj(slot -> new Node(
                        "holdfast-" + set.getMetadata().getName() + '-' + slot,
                        addresses.get(slot),
                        State.Voting,
                        null))
                .toList();
    }
}
