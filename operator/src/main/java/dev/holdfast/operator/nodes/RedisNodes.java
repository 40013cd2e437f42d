package dev.holdfast.operator.nodes;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.manifests.NodeSetNames;
import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeProbe;
import dev.holdfast.sidecar.redis.NodeProbe.Standing;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.NodeSetException;
import dev.holdfast.sidecar.redis.Security;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Nodes on Redis, by the very code that sidecars use: there is one implementation of what safety rests on. */
public final class RedisNodes implements Nodes {

    @Override
    public Optional<String> admitFresh(RedisNodeSet set, Credentials credentials) {
        try {
            FreshNodeSet.admit(nodeSet(set, credentials));
            return Optional.empty();
        } catch (NodeSetException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public List<Node> look(RedisNodeSet set, Credentials credentials) {
        List<Standing> standings = NodeProbe.lookAtAll(nodeSet(set, credentials));
        List<String> addresses = LockManifests.addresses(set);
        NodeSetNames names = NodeSetNames.of(set);
        return IntStream.range(0, standings.size())
                .mapToObj(slot -> node(names.node(slot), addresses.get(slot), standings.get(slot)))
                .toList();
    }

    private static Node node(String name, String address, Standing standing) {
        return switch (standing) {
            case Standing.Voting() -> new Node(name, address, State.Voting, null);
            case Standing.Quarantined(var reason) -> new Node(name, address, State.Quarantined, reason);
            case Standing.Unreachable(var reason) -> new Node(name, address, State.Unreachable, reason);
        };
    }

    private static NodeSet nodeSet(RedisNodeSet set, Credentials credentials) {
        Security security = new Security(
                () -> Optional.of(new Security.Credentials(credentials.user(), credentials.password())),
                Optional.empty());
        return new NodeSet(
                set.getMetadata().getName(),
                set.getMetadata().getUid(),
                LockManifests.addresses(set).stream().map(Endpoint::parse).toList(),
                set.getSpec().maxLeaseDuration(),
                set.getSpec().storage() != null,
                security);
    }
}
