package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.manifests.NodeSecrets;
import dev.holdfast.operator.manifests.RedisAccess;
import dev.holdfast.operator.manifests.RedisAccess.Phase;
import dev.holdfast.operator.manifests.RedisNodeManifests;
import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.NodeSetSecrets.Step;
import dev.holdfast.operator.reconcile.Owned.Desired;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Keeps the masters of a node set, and shows how they stand. */
@ControllerConfiguration(
        name = NodeSetReconciler.NAME,
        generationAwareEventProcessing = false,
        informer = @Informer(onUpdateFilter = AskedForMore.class))
@GradualRetry(maxAttempts = -1, initialInterval = 500, maxInterval = 30_000)
public final class NodeSetReconciler implements Reconciler<RedisNodeSet> {

    static final String NAME = "redisnodeset";
    private static final String SECRETS = "secrets";
    private static final String MAY_GO = "may-go";
    private static final Duration LOOK_WHEN_WELL = Duration.ofSeconds(30);
    private static final Duration LOOK_WHEN_WEAK = Duration.ofSeconds(3);

    private final Nodes nodes;
    private final Clock wallClock;
    private final Announcements announcements;
    private final Replacement replacement;
    private final FreshAdmission admission;
    private final NodeSetSecrets nodeSecrets;

    private final Owned<Secret, RedisNodeSet> secrets = new Owned<>(
            Secret.class,
            desired -> secretsOf(desired)
                    .map(wanted -> wanted.secrets(desired.owner()))
                    .orElse(List.of()));
    private final Owned<ConfigMap, RedisNodeSet> configurations =
            new Owned<>(ConfigMap.class, desired -> managed(desired, set -> List.of(set.configuration())));
    private final Owned<Service, RedisNodeSet> services =
            new Owned<>(Service.class, desired -> managed(desired, RedisNodeManifests::services));
    private final Owned<StatefulSet, RedisNodeSet> statefulSets =
            new Owned<>(StatefulSet.class, desired -> managed(desired, RedisNodeManifests::statefulSets));
    private final Owned<PodDisruptionBudget, RedisNodeSet> budgets = new Owned<>(
            PodDisruptionBudget.class, desired -> managed(desired, set -> List.of(set.budget(mayGo(desired)))));
    private final Owned<NetworkPolicy, RedisNodeSet> networkPolicies;

    /**
     * Keeps all node sets; called on many threads.
     *
     * @param wallClock for the times that people read, and for how long a change of secrets takes to be known
     */
    public NodeSetReconciler(KubernetesClient client, Nodes nodes, Clock wallClock, Settings settings) {
        this.nodes = nodes;
        this.wallClock = wallClock;
        this.announcements = new Announcements(client, wallClock);
        this.replacement = new Replacement(client, announcements);
        this.admission = new FreshAdmission(client, nodes, wallClock, announcements);
        this.nodeSecrets = new NodeSetSecrets(client, nodes, wallClock, settings.secretsArriveWithin());
        this.networkPolicies = new Owned<>(
                NetworkPolicy.class,
                desired -> managed(desired, set -> List.of(set.networkPolicy(settings.operatorNamespace()))));
    }

    /**
     * What there is to choose.
     *
     * @param operatorNamespace from where the operator reaches nodes
     * @param secretsArriveWithin how long kubelets may take to bring a changed Secret to the pods
     */
    public record Settings(String operatorNamespace, Duration secretsArriveWithin) {}

    /** Whether sidecars may be told the addresses. */
    static boolean isAdmitted(RedisNodeSet set) {
        return Admission.recorded(set).filter(Admission::isOver).isPresent();
    }

    @Override
    public List<EventSource<?, RedisNodeSet>> prepareEventSources(EventSourceContext<RedisNodeSet> context) {
        List<EventSource<?, RedisNodeSet>> sources = new ArrayList<>(EventSourceUtils.dependentEventSources(
                context, secrets, configurations, services, statefulSets, budgets, networkPolicies));
        sources.add(new InformerEventSource<>(
                InformerEventSourceConfiguration.from(DistributedLock.class, RedisNodeSet.class)
                        .withSecondaryToPrimaryMapper(lock -> Set.of(new ResourceID(
                                lock.getSpec().nodeSet(), lock.getMetadata().getNamespace())))
                        // A lock keeps its node set; what else changes on it does not matter here.
                        .withOnUpdateFilter((_, _) -> false)
                        .build(),
                context));
        return sources;
    }

    @Override
    public UpdateControl<RedisNodeSet> reconcile(RedisNodeSet set, Context<RedisNodeSet> context) {
        boolean isManaged = set.getSpec().external() == null;
        Optional<Step> step = isManaged ? Optional.of(nodeSecrets.decide(set, context)) : Optional.empty();
        Optional<NodeSecrets> wanted = step.map(Step::after);
        wanted.ifPresent(
                it -> context.managedWorkflowAndDependentResourceContext().put(SECRETS, it));
        Refusals refusals = apply(set, context);
        if (refusals.isEmpty()) {
            step.filter(Step::isNewPhase)
                    .ifPresent(taken -> announce(set, taken.after().access()));
        }
        // Before the look, or a pod that is replaced in between would seem to vote.
        List<StatefulSet> before = context.getSecondaryResourcesAsStream(StatefulSet.class)
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
        Optional<Nodes.Credentials> credentials =
                wanted.map(nodeSecrets::credentials).or(() -> nodeSecrets.external(set));
        Admission admitted = admission.admit(set, before, credentials, refusals);
        List<Node> seen = admitted.isOver() ? nodes.look(set, credentials) : List.of();
        Optional<RollOut> rollOut = admitted.isOver()
                ? wanted.map(it -> rollOut(RollOut.of(set.getSpec().nodes(), before, seen), it))
                : Optional.empty();
        boolean allVote = !admitted.isOver() || seen.stream().allMatch(node -> node.state() == State.Voting);
        boolean mayGo = allVote || rollOut.flatMap(RollOut::next).isPresent();
        context.managedWorkflowAndDependentResourceContext().put(MAY_GO, mayGo);
        refusals.collect("PodDisruptionBudget", () -> budgets.reconcile(set, context));
        rollOut.flatMap(RollOut::next)
                .filter(node -> isToGoStill(set, node, before, credentials))
                .ifPresent(node -> replacement.replace(set, node, before));
        if (!admitted.isOver() && !admitted.isBegun()) {
            // Nobody can have used them: a spec that cannot run is corrected at once.
            RollOut.outdated(before).forEach(node -> replacement.replace(set, node, before));
        }
        if (seen.stream().anyMatch(node -> node.state() == State.Quarantined)) {
            nodes.care(set, credentials);
        }
        return show(new NodeSetView(
                set,
                admitted,
                seen,
                rollOut,
                users(context),
                wanted.map(it -> it.access().phase()).orElse(Phase.STEADY),
                refusals.text()));
    }

    /** What answered at the first look may have been told to go before it: so it is looked at again when none goes. */
    private boolean isToGoStill(
            RedisNodeSet set, String node, List<StatefulSet> before, Optional<Nodes.Credentials> credentials) {
        return !replacement.isUnderWay(set)
                && RollOut.of(set.getSpec().nodes(), before, nodes.look(set, credentials))
                        .next()
                        .filter(node::equals)
                        .isPresent();
    }

    private Refusals apply(RedisNodeSet set, Context<RedisNodeSet> context) {
        Refusals refusals = new Refusals();
        refusals.collect("Secret", () -> secrets.reconcile(set, context));
        boolean hasSecrets = refusals.isEmpty();
        refusals.collect("ConfigMap", () -> configurations.reconcile(set, context));
        refusals.collect("Service", () -> services.reconcile(set, context));
        refusals.collect("NetworkPolicy", () -> networkPolicies.reconcile(set, context));
        if (hasSecrets) {
            // A template names what was stored; it must not name what was not.
            refusals.collect("StatefulSet", () -> statefulSets.reconcile(set, context));
        }
        return refusals;
    }

    private RollOut rollOut(RollOut progress, NodeSecrets wanted) {
        return nodeSecrets
                .heldUntil(wanted)
                .map(time -> progress.heldUntil("all sidecars have been told the nodes' new secrets, at " + time))
                .orElse(progress);
    }

    private static List<String> users(Context<RedisNodeSet> context) {
        return context.getSecondaryResourcesAsStream(DistributedLock.class)
                .map(lock -> lock.getMetadata().getName())
                .sorted()
                .toList();
    }

    private void announce(RedisNodeSet set, RedisAccess access) {
        String occasion = Integer.toHexString(access.rotation().hashCode());
        switch (access.phase()) {
            case INTRODUCING ->
                announcements.normal(
                        set, "PasswordChanging", occasion, "nodes learn the next password beside the present one");
            case RETIRING ->
                announcements.normal(
                        set, "PasswordTold", occasion, "all nodes accept the new password; sidecars are told it");
            case STEADY -> announcements.normal(set, "PasswordChanged", occasion, "nodes forget the old password");
        }
    }

    private UpdateControl<RedisNodeSet> show(NodeSetView view) {
        Duration next = view.isWell() ? LOOK_WHEN_WELL : LOOK_WHEN_WEAK;
        RedisNodeSet fresh = view.withStatus(wallClock);
        if (fresh.getStatus().equals(view.set().getStatus())) {
            return UpdateControl.<RedisNodeSet>noUpdate().rescheduleAfter(next);
        }
        if (!view.admission().isOver()) {
            // Never over a record that the cache has not shown yet; that it is over, stays.
            fresh.getMetadata().setResourceVersion(view.set().getMetadata().getResourceVersion());
        }
        return UpdateControl.patchStatus(fresh).rescheduleAfter(next);
    }

    private static Optional<NodeSecrets> secretsOf(Desired<RedisNodeSet> desired) {
        return desired.context().managedWorkflowAndDependentResourceContext().get(SECRETS, NodeSecrets.class);
    }

    private static boolean mayGo(Desired<RedisNodeSet> desired) {
        return desired.context()
                .managedWorkflowAndDependentResourceContext()
                .get(MAY_GO, Boolean.class)
                .orElse(true);
    }

    private static <R> List<R> managed(Desired<RedisNodeSet> desired, Function<RedisNodeManifests, List<R>> manifests) {
        return secretsOf(desired)
                .map(wanted -> manifests.apply(new RedisNodeManifests(desired.owner(), wanted)))
                .orElse(List.of());
    }
}
