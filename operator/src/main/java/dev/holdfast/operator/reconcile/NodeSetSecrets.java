package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.operator.certificates.NodeCertificates;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.manifests.NodeSecrets;
import dev.holdfast.operator.manifests.NodeSecrets.Tls;
import dev.holdfast.operator.manifests.NodeSetNames;
import dev.holdfast.operator.manifests.RedisAccess;
import dev.holdfast.operator.manifests.RedisAccess.Phase;
import dev.holdfast.operator.manifests.RedisNodeManifests;
import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.RollOut.Member;
import dev.holdfast.operator.reconcile.RollOut.Vote;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a node set keeps secret: as it is, and as it is to be. Thread-safe.
 *
 * <p>Sidecars see a changed Secret when their machine's kubelet has brought it to them, so whatever they must know before a
 * node presents or demands it is told that long before.
 */
final class NodeSetSecrets {

    /** A new text asks for a new password. */
    static final String ROTATE = "holdfast.dev/rotate-credentials";

    private final KubernetesClient client;
    private final Nodes nodes;
    private final Clock wallClock;
    private final Duration grace;

    /** @param grace how long kubelets may take to bring a changed Secret to the pods */
    NodeSetSecrets(KubernetesClient client, Nodes nodes, Clock wallClock, Duration grace) {
        this.client = client;
        this.nodes = nodes;
        this.wallClock = wallClock;
        this.grace = grace;
    }

    /**
     * Before and after one step.
     *
     * @param before as stored; the same as after where nothing was stored
     */
    record Step(NodeSecrets before, NodeSecrets after) {
        boolean isNewPhase() {
            return before.access().phase() != after.access().phase();
        }
    }

    /** What a set of the operator's own is to have now. */
    Step decide(RedisNodeSet set, Context<RedisNodeSet> context) {
        Instant now = wallClock.instant();
        NodeSetNames names = NodeSetNames.of(set);
        Optional<Tls> tls = LockManifests.usesTls(set) ? Optional.of(tls(set, names, context, now)) : Optional.empty();
        // First the Secret that nodes have loaded.
        RedisAccess stored = find(List.of(names.accessList(), names.credentials()), names, context, NodeSecrets::access)
                .orElseGet(RedisAccess::create);
        NodeSecrets before = new NodeSecrets(stored, tls);
        if (stored.toldSince().isPresent() && !told(names, context).equals(stored.password())) {
            // Its Secret could not be written yet: sidecars are told from now on.
            return new Step(before, new NodeSecrets(stored.toldFrom(now), tls));
        }
        boolean introduced = stored.phase() == Phase.INTRODUCING && nodesAcceptBoth(set, before, context);
        RedisAccess next = stored.next(asked(set), introduced, now, grace);
        return new Step(before, new NodeSecrets(next, tls));
    }

    private String told(NodeSetNames names, Context<RedisNodeSet> context) {
        return find(List.of(names.credentials()), names, context, NodeSecrets::access)
                .map(RedisAccess::password)
                .orElse("");
    }

    /**
     * Until when no node is to be replaced, as it would demand or present what sidecars have not been told for long enough;
     * empty: it may. While two passwords are valid it may, for it accepts both.
     */
    Optional<Instant> heldUntil(NodeSecrets secrets) {
        RedisAccess access = secrets.access();
        return Stream.concat(
                        secrets.tls().map(files -> files.trustedSince().plus(grace)).stream(),
                        access.other().isEmpty() ? access.retiringUntil(grace).stream() : Stream.<Instant>empty())
                .filter(time -> wallClock.instant().isBefore(time))
                .max(Comparator.naturalOrder());
    }

    private static String asked(RedisNodeSet set) {
        Map<String, String> annotations = set.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(ROTATE, "");
    }

    /** By their templates, and by logging in: what a node was given to load when it started may have been older. */
    private boolean nodesAcceptBoth(RedisNodeSet set, NodeSecrets secrets, Context<RedisNodeSet> context) {
        RedisNodeManifests manifests = new RedisNodeManifests(set, secrets);
        long loaded = context.getSecondaryResourcesAsStream(StatefulSet.class)
                .filter(manifests::hasLoaded)
                .filter(node -> Member.of(node, Vote.HAS).isUpToDate())
                .count();
        return loaded == set.getSpec().nodes()
                && nodes.allAccept(
                        set, credentials(secrets, secrets.access().other().orElseThrow()));
    }

    private Tls tls(RedisNodeSet set, NodeSetNames names, Context<RedisNodeSet> context, Instant now) {
        Optional<Tls> stored =
                find(List.of(names.certificates()), names, context, secret -> Optional.of(NodeSecrets.tls(secret)));
        String told = find(List.of(names.credentials()), names, context, Optional::of)
                .map(secret -> NodeSecrets.value(secret, NodeSecrets.AUTHORITIES))
                .orElse("");
        Map<String, String> texts = NodeCertificates.current(
                stored.map(Tls::texts).orElse(Map.of()),
                told,
                names.certified(set.getSpec().nodes()),
                now);
        // Only when their Secret has been written are sidecars told.
        return stored.filter(known -> known.authorities().equals(texts.getOrDefault(NodeSecrets.AUTHORITIES, ""))
                        && known.authorities().equals(told))
                .map(known -> new Tls(texts, known.trustedSince()))
                // Before their admission nobody was told any other.
                .orElseGet(() -> new Tls(texts, NodeSetReconciler.isAdmitted(set) ? now : Instant.EPOCH));
    }

    /** From the cache, and asked for on a miss: a second password would lock everybody out. */
    private <T> Optional<T> find(
            List<String> secrets,
            NodeSetNames names,
            Context<RedisNodeSet> context,
            Function<Secret, Optional<T>> reading) {
        Stream<Secret> cached = secrets.stream()
                .flatMap(name -> context.getSecondaryResourcesAsStream(Secret.class)
                        .filter(secret -> secret.getMetadata().getName().equals(name)));
        Stream<Secret> asked = secrets.stream()
                .map(name -> client.secrets()
                        .inNamespace(names.namespace())
                        .withName(name)
                        .get())
                .filter(Objects::nonNull);
        return Stream.concat(cached, asked)
                .flatMap(secret -> reading.apply(secret).stream())
                .findFirst();
    }

    /** What the operator itself logs in with: as sidecars do. */
    Nodes.Credentials credentials(NodeSecrets secrets) {
        return credentials(secrets, secrets.access().password());
    }

    private static Nodes.Credentials credentials(NodeSecrets secrets, String password) {
        return new Nodes.Credentials(
                NodeSetNames.USER, password, secrets.tls().map(Tls::authorities).orElse(""));
    }

    /** What external nodes are reached with; empty if they ask for nothing, or if there is no such Secret. */
    Optional<Nodes.Credentials> external(RedisNodeSet set) {
        return Optional.ofNullable(set.getSpec().external())
                .map(External::credentialsSecret)
                .map(name -> client.secrets()
                        .inNamespace(set.getMetadata().getNamespace())
                        .withName(name)
                        .get())
                .map(secret -> new Nodes.Credentials(
                        NodeSecrets.value(secret, "username"),
                        NodeSecrets.value(secret, "password"),
                        NodeSecrets.value(secret, NodeSecrets.AUTHORITIES)));
    }
}
