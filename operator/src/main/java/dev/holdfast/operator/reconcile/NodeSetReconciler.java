package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.NodeSetNames;
import dev.holdfast.operator.manifests.RedisAccess;
import dev.holdfast.operator.manifests.RedisNodeManifests;
import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.Owned.Desired;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the masters of a node set, and admits them once, when all of them are new.
 *
 * <p>The creator of a set may admit its nodes without a quarantine only if nobody can have used them before. So it is
 * recorded that admission begins before it does, and addresses are told to sidecars only when it is over; an operator that
 * finds such a record of an earlier life leaves the nodes to the sidecars, which wait their quarantine out.
 */
@ControllerConfiguration(name = "redisnodeset")
@GradualRetry(maxAttempts = -1, initialInterval = 500, maxInterval = 30_000)
public final class NodeSetReconciler implements Reconciler<RedisNodeSet> {

    static final String QUORUM_AVAILABLE = "QuorumAvailable";

    private static final String ADMITTED = "Admitted";
    private static final String ADMITTING = "Admitting";
    private static final Duration LOOK_WHEN_WELL = Duration.ofSeconds(30);
    private static final Duration LOOK_WHEN_WEAK = Duration.ofSeconds(3);

    private final KubernetesClient client;
    private final Nodes nodes;
    private final Clock wallClock;
    private final Announcements announcements;
    /** The sets whose admission this very process has recorded and not begun. */
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    private final Owned<Secret, RedisNodeSet> secrets = new Owned<>(Secret.class, this::credentials);
    private final Owned<ConfigMap, RedisNodeSet> configurations =
            new Owned<>(ConfigMap.class, desired -> managed(desired, set -> List.of(set.configuration())));
    private final Owned<Service, RedisNodeSet> services =
            new Owned<>(Service.class, desired -> managed(desired, RedisNodeManifests::services));
    private final Owned<StatefulSet, RedisNodeSet> statefulSets =
            new Owned<>(StatefulSet.class, desired -> managed(desired, RedisNodeManifests::statefulSets));
    private final Owned<PodDisruptionBudget, RedisNodeSet> budgets =
            new Owned<>(PodDisruptionBudget.class, desired -> managed(desired, set -> List.of(set.budget())));

    public NodeSetReconciler(KubernetesClient client, Nodes nodes, Clock wallClock) {
        this.client = client;
        this.nodes = nodes;
        this.wallClock = wallClock;
        this.announcements = new Announcements(client, wallClock);
    }

    /** Whether sidecars may be told the addresses. */
    static boolean isAdmitted(RedisNodeSet set) {
        return set.getStatus() != null && Conditions.isTrue(set.getStatus().conditions(), ADMITTED);
    }

    @Override
    public List<EventSource<?, RedisNodeSet>> prepareEventSources(EventSourceContext<RedisNodeSet> context) {
        return EventSourceUtils.dependentEventSources(
                context, secrets, configurations, services, statefulSets, budgets);
    }

    @Override
    public UpdateControl<RedisNodeSet> reconcile(RedisNodeSet set, Context<RedisNodeSet> context) {
        secrets.reconcile(set, context);
        configurations.reconcile(set, context);
        services.reconcile(set, context);
        statefulSets.reconcile(set, context);
        budgets.reconcile(set, context);
        Admission admission = admit(set, context);
        List<Node> seen = admission.isOver() ? nodes.look(set, credentialsOf(set, context)) : List.of();
        return show(set, admission, seen);
    }

    private Admission admit(RedisNodeSet set, Context<RedisNodeSet> context) {
        String uid = set.getMetadata().getUid();
        Optional<Condition> recorded =
                Optional.ofNullable(set.getStatus()).flatMap(status -> Conditions.find(status.conditions(), ADMITTED));
        if (isAdmitted(set)) {
            return new Admission(
                    true,
                    recorded.orElseThrow().getReason(),
                    recorded.orElseThrow().getMessage());
        }
        if (set.getSpec().external() != null) {
            return new Admission(true, "LeftToSidecars", "external nodes are admitted by the sidecars");
        }
        if (recorded.filter(condition -> condition.getReason().equals(ADMITTING))
                .isPresent()) {
            return begun.remove(uid)
                    ? admitFresh(set, context)
                    : new Admission(true, "LeftToSidecars", "the operator went away while it admitted the nodes");
        }
        long ready = context.getSecondaryResourcesAsStream(StatefulSet.class)
                .filter(node -> node.getStatus() != null
                        && Integer.valueOf(1).equals(node.getStatus().getReadyReplicas()))
                .count();
        if (ready < set.getSpec().nodes()) {
            return new Admission(
                    false, "NodesStarting", ready + " of " + set.getSpec().nodes() + " nodes are ready");
        }
        begun.add(uid);
        return new Admission(false, ADMITTING, "all nodes are ready and are being admitted");
    }

    private Admission admitFresh(RedisNodeSet set, Context<RedisNodeSet> context) {
        Optional<String> failure = nodes.admitFresh(set, credentialsOf(set, context));
        failure.ifPresentOrElse(
                reason -> announcements.warning(
                        set, "AdmissionLeftToSidecars", "", reason + "; each node votes after its quarantine"),
                () -> announcements.normal(set, ADMITTED, "", "all nodes are new and have a vote"));
        return failure.map(reason -> new Admission(true, "LeftToSidecars", reason))
                .orElseGet(() -> new Admission(true, "Fresh", "all nodes were new"));
    }

    private UpdateControl<RedisNodeSet> show(RedisNodeSet set, Admission admission, List<Node> seen) {
        Optional<RedisNodeSetStatus> before = Optional.ofNullable(set.getStatus());
        int size = set.getSpec().nodes();
        int quorum = size / 2 + 1;
        int voting =
                (int) seen.stream().filter(node -> node.state() == State.Voting).count();
        String votes = voting + " of " + size + " nodes have a vote, " + quorum + " needed";
        long generation = set.getMetadata().getGeneration();
        RedisNodeSetStatus status = new RedisNodeSetStatus(
                new Conditions(before.map(RedisNodeSetStatus::conditions).orElse(List.of()), generation, wallClock)
                        .set("Ready", voting >= quorum, voting >= quorum ? "Ready" : admission.reason(), votes)
                        .set(ADMITTED, admission.isOver(), admission.reason(), admission.message())
                        .set(QUORUM_AVAILABLE, voting >= quorum, voting >= quorum ? "Quorum" : "NoQuorum", votes)
                        .set("FullStrength", voting == size, voting == size ? "AllVote" : "SomeDoNotVote", votes)
                        .list(),
                seen,
                voting,
                quorum,
                generation);
        // Next in a moment: that it begins is on record first.
        Duration next = admission.reason().equals(ADMITTING)
                ? Duration.ofMillis(1)
                : voting == size ? LOOK_WHEN_WELL : LOOK_WHEN_WEAK;
        if (before.equals(Optional.of(status))) {
            return UpdateControl.<RedisNodeSet>noUpdate().rescheduleAfter(next);
        }
        RedisNodeSet fresh = new RedisNodeSet();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(set.getMetadata().getName())
                .withNamespace(set.getMetadata().getNamespace())
                .build());
        fresh.setStatus(status);
        return UpdateControl.patchStatus(fresh).rescheduleAfter(next);
    }

    private List<Secret> credentials(Desired<RedisNodeSet> desired) {
        return managed(desired, manifests -> {
            String password = known(desired.owner(), desired.context())
                    .map(RedisAccess::password)
                    .filter(text -> !text.isEmpty())
                    .orElseGet(RedisAccess::newPassword);
            return List.of(RedisAccess.credentials(desired.owner(), password));
        });
    }

    /** From the cache, and asked for on a miss: a second password would lock everybody out. */
    private Optional<Secret> known(RedisNodeSet set, Context<RedisNodeSet> context) {
        NodeSetNames names = NodeSetNames.of(set);
        return context.getSecondaryResourcesAsStream(Secret.class)
                .filter(secret -> secret.getMetadata().getName().equals(names.credentials()))
                .findAny()
                .or(() -> Optional.ofNullable(client.secrets()
                        .inNamespace(names.namespace())
                        .withName(names.credentials())
                        .get()));
    }

    private Nodes.Credentials credentialsOf(RedisNodeSet set, Context<RedisNodeSet> context) {
        return new Nodes.Credentials(
                NodeSetNames.USER,
                known(set, context).map(RedisAccess::password).orElse(""));
    }

    private static <R> List<R> managed(
            Desired<RedisNodeSet> desired, java.util.function.Function<RedisNodeManifests, List<R>> manifests) {
        return desired.owner().getSpec().external() == null
                ? manifests.apply(new RedisNodeManifests(desired.owner()))
                : List.of();
    }

    /** How far admission has come. */
    private record Admission(boolean isOver, String reason, String message) {}
}
