package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetStatus;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.LockManifests;
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
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps the masters of a node set, and admits them once, when all of them are new.
 *
 * <p>The creator of a set may admit its nodes without a quarantine only if nobody can have used them before. So it is
 * recorded that admission begins before it does, and addresses are told to sidecars only when it is over; an operator that
 * finds such a record of an earlier life leaves the nodes to the sidecars, which wait their quarantine out.
 */
@ControllerConfiguration(name = NodeSetReconciler.NAME)
@GradualRetry(maxAttempts = -1, initialInterval = 500, maxInterval = 30_000)
public final class NodeSetReconciler implements Reconciler<RedisNodeSet> {

    static final String QUORUM_AVAILABLE = "QuorumAvailable";

    private static final String ADMITTED = "Admitted";
    private static final String ADMITTING = "Admitting";
    private static final String LEFT_TO_SIDECARS = "LeftToSidecars";
    static final String NAME = "redisnodeset";
    private static final Duration LOOK_WHEN_WELL = Duration.ofSeconds(30);
    private static final Duration LOOK_WHEN_WEAK = Duration.ofSeconds(3);

    private final KubernetesClient client;
    private final Nodes nodes;
    private final Clock wallClock;
    private final Announcements announcements;
    private final Replacement replacement;

    private final Owned<Secret, RedisNodeSet> secrets = new Owned<>(Secret.class, this::credentials);
    private final Owned<ConfigMap, RedisNodeSet> configurations =
            new Owned<>(ConfigMap.class, desired -> managed(desired, set -> List.of(set.configuration())));
    private final Owned<Service, RedisNodeSet> services =
            new Owned<>(Service.class, desired -> managed(desired, RedisNodeManifests::services));
    private final Owned<StatefulSet, RedisNodeSet> statefulSets =
            new Owned<>(StatefulSet.class, desired -> managed(desired, RedisNodeManifests::statefulSets));
    private final Owned<PodDisruptionBudget, RedisNodeSet> budgets =
            new Owned<>(PodDisruptionBudget.class, desired -> managed(desired, set -> List.of(set.budget())));

    /**
     * Keeps all node sets; called on many threads.
     *
     * @param wallClock for the times that people read
     */
    public NodeSetReconciler(KubernetesClient client, Nodes nodes, Clock wallClock) {
        this.client = client;
        this.nodes = nodes;
        this.wallClock = wallClock;
        this.announcements = new Announcements(client, wallClock);
        this.replacement = new Replacement(client, announcements);
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
        Refusals refusals = new Refusals();
        refusals.collect("Secret", () -> secrets.reconcile(set, context));
        refusals.collect("ConfigMap", () -> configurations.reconcile(set, context));
        refusals.collect("Service", () -> services.reconcile(set, context));
        refusals.collect("StatefulSet", () -> statefulSets.reconcile(set, context));
        refusals.collect("PodDisruptionBudget", () -> budgets.reconcile(set, context));
        Admission admission = admit(set, context, refusals);
        // Before the look, or a pod that is replaced in between would seem to vote.
        List<StatefulSet> before = context.getSecondaryResourcesAsStream(StatefulSet.class)
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
        List<Node> seen = admission.isOver() ? nodes.look(set, credentialsOf(set, context)) : List.of();
        Optional<RollOut> rollOut = admission.isOver() && set.getSpec().external() == null
                ? Optional.of(RollOut.of(set.getSpec().nodes(), before, seen))
                : Optional.empty();
        rollOut.flatMap(RollOut::next).ifPresent(node -> replacement.replace(set, node, before));
        return show(set, admission, seen, rollOut, refusals);
    }

    private Admission admit(RedisNodeSet cached, Context<RedisNodeSet> context, Refusals refusals) {
        if (isAdmitted(cached)) {
            return recorded(cached).orElseThrow();
        }
        if (cached.getSpec().external() != null) {
            return new Admission(true, LEFT_TO_SIDECARS, "external nodes are admitted by the sidecars");
        }
        int size = cached.getSpec().nodes();
        long ready = context.getSecondaryResourcesAsStream(StatefulSet.class)
                .filter(node -> node.getStatus() != null
                        && Integer.valueOf(1).equals(node.getStatus().getReadyReplicas()))
                .count();
        if (ready < size && recorded(cached).filter(Admission::isBegun).isEmpty()) {
            return refusals.isEmpty()
                    ? new Admission(false, "NodesStarting", ready + " of " + size + " nodes are ready")
                    : new Admission(false, "ObjectRefused", refusals.text());
        }
        // From here on the cache is not enough: what it does not show yet may have happened.
        RedisNodeSet set = client.resource(cached).get();
        if (set == null
                || !set.getMetadata().getUid().equals(cached.getMetadata().getUid())) {
            return new Admission(false, "NodesStarting", "the node set was deleted");
        }
        Optional<Admission> record = recorded(set);
        if (isAdmitted(set)) {
            return record.orElseThrow();
        }
        if (record.filter(Admission::isBegun).isPresent()) {
            return new Admission(true, LEFT_TO_SIDECARS, "the operator went away while it admitted the nodes");
        }
        recordBeginning(set);
        return admitFresh(set, context);
    }

    private static Optional<Admission> recorded(RedisNodeSet set) {
        return Optional.ofNullable(set.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), ADMITTED))
                .map(condition -> new Admission(
                        condition.getStatus().equals("True"), condition.getReason(), condition.getMessage()));
    }

    /** Of several who read that nobody has begun, one succeeds; the others fail, and read again. */
    private void recordBeginning(RedisNodeSet read) {
        RedisNodeSet beginning = withStatus(
                read,
                status(
                        read,
                        new Admission(false, ADMITTING, "all nodes are ready and are being admitted"),
                        List.of(),
                        Optional.empty(),
                        new Refusals()));
        beginning.getMetadata().setResourceVersion(read.getMetadata().getResourceVersion());
        client.resource(beginning)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(NAME)
                        .withForce(true)
                        .build());
    }

    private Admission admitFresh(RedisNodeSet set, Context<RedisNodeSet> context) {
        Optional<String> failure = nodes.admitFresh(set, credentialsOf(set, context));
        failure.ifPresentOrElse(
                reason -> announcements.warning(
                        set, "AdmissionLeftToSidecars", "", reason + "; each node votes after its quarantine"),
                () -> announcements.normal(set, ADMITTED, "", "all nodes are new and have a vote"));
        return failure.map(reason -> new Admission(true, LEFT_TO_SIDECARS, reason))
                .orElseGet(() -> new Admission(true, "Fresh", "all nodes were new"));
    }

    private UpdateControl<RedisNodeSet> show(
            RedisNodeSet set, Admission admission, List<Node> seen, Optional<RollOut> rollOut, Refusals refusals) {
        RedisNodeSetStatus status = status(set, admission, seen, rollOut, refusals);
        boolean isWell =
                status.voting() == size(set) && rollOut.map(RollOut::isOver).orElse(true);
        Duration next = isWell ? LOOK_WHEN_WELL : LOOK_WHEN_WEAK;
        if (status.equals(set.getStatus())) {
            return UpdateControl.<RedisNodeSet>noUpdate().rescheduleAfter(next);
        }
        RedisNodeSet fresh = withStatus(set, status);
        if (!admission.isOver()) {
            // Never over a record that the cache has not shown yet; that it is over, stays.
            fresh.getMetadata().setResourceVersion(set.getMetadata().getResourceVersion());
        }
        return UpdateControl.patchStatus(fresh).rescheduleAfter(next);
    }

    private static int size(RedisNodeSet set) {
        return LockManifests.addresses(set).size();
    }

    private RedisNodeSetStatus status(
            RedisNodeSet set, Admission admission, List<Node> seen, Optional<RollOut> rollOut, Refusals refusals) {
        int quorum = size(set) / 2 + 1;
        int voting =
                (int) seen.stream().filter(node -> node.state() == State.Voting).count();
        boolean isFull = voting == size(set);
        boolean isQuorate = voting >= quorum;
        String votes = voting + " of " + size(set) + " nodes have a vote, " + quorum + " needed";
        long generation = set.getMetadata().getGeneration();
        List<Condition> before =
                set.getStatus() == null ? List.of() : set.getStatus().conditions();
        String reason = admission.isOver() ? "NoQuorum" : admission.reason();
        Conditions conditions = new Conditions(before, generation, wallClock)
                .set("Ready", isQuorate, isQuorate ? "Ready" : reason, admission.isOver() ? votes : admission.message())
                .set(ADMITTED, admission.isOver(), admission.reason(), admission.message())
                .set(QUORUM_AVAILABLE, isQuorate, isQuorate ? "Quorum" : "NoQuorum", votes)
                .set("FullStrength", isFull, isFull ? "AllVote" : "SomeDoNotVote", votes);
        if (refusals.isEmpty()) {
            rollOut.ifPresent(it ->
                    conditions.set("UpToDate", it.isOver(), it.isOver() ? "AllReplaced" : "Replacing", it.message()));
        } else {
            conditions.set("UpToDate", false, "ObjectRefused", refusals.text());
        }
        return new RedisNodeSetStatus(conditions.list(), seen, voting, quorum, generation);
    }

    private static RedisNodeSet withStatus(RedisNodeSet set, RedisNodeSetStatus status) {
        RedisNodeSet fresh = new RedisNodeSet();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(set.getMetadata().getName())
                .withNamespace(set.getMetadata().getNamespace())
                .build());
        fresh.setStatus(status);
        return fresh;
    }

    private List<Secret> credentials(Desired<RedisNodeSet> desired) {
        return managed(
                desired,
                manifests -> RedisAccess.secrets(
                        desired.owner(),
                        knownPassword(desired.owner(), desired.context()).orElseGet(RedisAccess::newPassword)));
    }

    /** From the cache, and asked for on a miss: a second password would lock everybody out. */
    private Optional<String> knownPassword(RedisNodeSet set, Context<RedisNodeSet> context) {
        NodeSetNames names = NodeSetNames.of(set);
        // First the one that nodes have loaded.
        List<String> secrets = List.of(names.accessList(), names.credentials());
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
                .map(RedisAccess::password)
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    private Optional<Nodes.Credentials> credentialsOf(RedisNodeSet set, Context<RedisNodeSet> context) {
        External external = set.getSpec().external();
        if (external == null) {
            return knownPassword(set, context).map(password -> new Nodes.Credentials(NodeSetNames.USER, password, ""));
        }
        return Optional.ofNullable(external.credentialsSecret())
                .map(name -> client.secrets()
                        .inNamespace(set.getMetadata().getNamespace())
                        .withName(name)
                        .get())
                .map(secret -> new Nodes.Credentials(
                        RedisAccess.value(secret, "username"),
                        RedisAccess.password(secret),
                        RedisAccess.value(secret, "ca.crt")));
    }

    private static <R> List<R> managed(
            Desired<RedisNodeSet> desired, java.util.function.Function<RedisNodeManifests, List<R>> manifests) {
        return desired.owner().getSpec().external() == null
                ? manifests.apply(new RedisNodeManifests(desired.owner()))
                : List.of();
    }

    /** How far admission has come. */
    private record Admission(boolean isOver, String reason, String message) {
        boolean isBegun() {
            return reason.equals(ADMITTING);
        }
    }
}
