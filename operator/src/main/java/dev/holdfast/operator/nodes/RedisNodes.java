package dev.holdfast.operator.nodes;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Nodes on Redis, by the very code that sidecars use: there is one implementation of what safety rests on. */
public final class RedisNodes implements Nodes {

    @Override
    public Optional<String> admitFresh(RedisNodeSet set, Optional<Credentials> credentials) {
        return speakingTo(set, credentials, nodes -> {
            try {
                FreshNodeSet.admit(nodes);
                return Optional.empty();
            } catch (NodeSetException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        });
    }

    @Override
    public List<Node> look(RedisNodeSet set, Optional<Credentials> credentials) {
        List<Standing> standings = speakingTo(set, credentials, NodeProbe::lookAtAll);
        List<String> addresses = LockManifests.addresses(set);
        NodeSetNames names = NodeSetNames.of(set);
        boolean isExternal = set.getSpec().external() != null;
        return IntStream.range(0, standings.size())
                .mapToObj(slot -> node(
                        isExternal ? Integer.toString(slot) : names.node(slot),
                        addresses.get(slot),
                        standings.get(slot)))
                .toList();
    }

    private static Node node(String name, String address, Standing standing) {
        return switch (standing) {
            case Standing.Voting() -> new Node(name, address, State.Voting, null);
            case Standing.Quarantined(var reason) -> new Node(name, address, State.Quarantined, reason);
            case Standing.Unreachable(var reason) -> new Node(name, address, State.Unreachable, reason);
        };
    }

    /** The certificate authority is a file to the sidecar's code; here it lives as long as the conversation. */
    private static <T> T speakingTo(
            RedisNodeSet set, Optional<Credentials> credentials, Function<NodeSet, T> conversation) {
        External external = set.getSpec().external();
        if (external == null || external.tls() == Tls.Off) {
            return conversation.apply(nodeSet(set, credentials, Optional.empty()));
        }
        try {
            Path authority = Files.createTempFile("holdfast-ca-", ".crt");
            try {
                Files.writeString(
                        authority,
                        credentials.map(Credentials::certificateAuthority).orElse(""));
                return conversation.apply(nodeSet(set, credentials, Optional.of(authority)));
            } finally {
                Files.deleteIfExists(authority);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NodeSet nodeSet(RedisNodeSet set, Optional<Credentials> credentials, Optional<Path> authority) {
        Security security = new Security(
                () -> credentials.map(login ->
                        new Security.Credentials(login.user().isEmpty() ? "default" : login.user(), login.password())),
                authority);
        return new NodeSet(
                set.getMetadata().getName(),
                set.getMetadata().getUid(),
                LockManifests.addresses(set).stream().map(Endpoint::parse).toList(),
                set.getSpec().maxLeaseDuration(),
                set.getSpec().storage() != null,
                security);
    }
}
