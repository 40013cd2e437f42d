package dev.holdfast.operator.nodes;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.manifests.NodeSetNames;
import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeCare;
import dev.holdfast.sidecar.redis.NodeProbe;
import dev.holdfast.sidecar.redis.NodeProbe.Standing;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.NodeSetException;
import dev.holdfast.sidecar.redis.Security;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Nodes on Redis, by the very code that sidecars use: there is one implementation of what safety rests on. */
public final class RedisNodes implements Nodes, AutoCloseable {

    private static final String NO_AUTHORITY = "tls is On, and there is no ca.crt in the Secret with the credentials";

    private final Care care = new Care();

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
        List<String> addresses = LockManifests.addresses(set);
        List<Standing> standings = mistake(set, credentials)
                .map(reason -> addresses.stream()
                        .<Standing>map(_ -> new Standing.Unreachable(reason))
                        .toList())
                .orElseGet(() -> speakingTo(set, credentials, NodeProbe::lookAtAll));
        NodeSetNames names = NodeSetNames.of(set);
        boolean isExternal = set.getSpec().external() != null;
        return IntStream.range(0, standings.size())
                .mapToObj(slot -> node(
                        isExternal ? Integer.toString(slot) : names.node(slot),
                        addresses.get(slot),
                        standings.get(slot)))
                .toList();
    }

    /** What makes every try vain. */
    private static Optional<String> mistake(RedisNodeSet set, Optional<Credentials> credentials) {
        if (LockManifests.usesTls(set)
                && credentials.map(Credentials::certificateAuthority).orElse("").isEmpty()) {
            return Optional.of(NO_AUTHORITY);
        }
        try {
            LockManifests.addresses(set).forEach(Endpoint::parse);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Node node(String name, String address, Standing standing) {
        return switch (standing) {
            case Standing.Voting() -> new Node(name, address, State.Voting, null);
            case Standing.Quarantined(var reason) -> new Node(name, address, State.Quarantined, reason);
            case Standing.Unreachable(var reason) -> new Node(name, address, State.Unreachable, reason);
        };
    }

    @Override
    public boolean allAccept(RedisNodeSet set, Credentials credentials) {
        return look(set, Optional.of(credentials)).stream().noneMatch(node -> node.state() == State.Unreachable);
    }

    @Override
    public void care(RedisNodeSet set, Optional<Credentials> credentials) {
        care.take(new Reached(set.getMetadata().getUid(), LockManifests.addresses(set), credentials), () -> {
            AuthorityFile authority = AuthorityFile.of(set, credentials);
            return new Care.Open(NodeCare.begin(nodeSet(set, credentials, authority.path())), authority);
        });
    }

    private record Reached(String set, List<String> addresses, Optional<Credentials> credentials) {}

    @Override
    public void close() {
        care.close();
    }

    private static <T> T speakingTo(
            RedisNodeSet set, Optional<Credentials> credentials, Function<NodeSet, T> conversation) {
        try (AuthorityFile authority = AuthorityFile.of(set, credentials)) {
            return conversation.apply(nodeSet(set, credentials, authority.path()));
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
