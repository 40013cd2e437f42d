package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.DistributedLockStatus;
import dev.holdfast.crds.DistributedLockStatus.Holder;
import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.operator.manifests.HolderEndpoints;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.reconcile.Contest.Hold;
import dev.holdfast.operator.reconcile.Owned.Desired;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps what a lock needs in its namespace, and shows who holds it. Never on the path of taking or losing a lease. */
@ControllerConfiguration(name = "distributedlock")
@GradualRetry(maxAttempts = -1, initialInterval = 500, maxInterval = 30_000)
public final class LockReconciler implements Reconciler<DistributedLock> {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    /** Nothing tells when a workload's settings change. */
    private static final Duration LOOK_AT_WORKLOADS = Duration.ofSeconds(30);

    private final Clock wallClock;
    private final Announcements announcements;
    private final PodMarks marks;
    private final NodeSetMoves moves;
    private final Rollouts rollouts;
    private final DefaultNodeSet defaultNodeSet;
    private final Owned<ConfigMap, DistributedLock> configurations =
            new Owned<>(ConfigMap.class, LockReconciler::configuration);
    private final Owned<Service, DistributedLock> services = new Owned<>(
            Service.class,
            desired -> new LockManifests(desired.owner()).service().stream().toList());
    private final Owned<EndpointSlice, DistributedLock> endpoints =
            new Owned<>(EndpointSlice.class, LockReconciler::endpoints);
    private final Owned<RoleBinding, DistributedLock> roleBindings =
            new Owned<>(RoleBinding.class, LockReconciler::roleBinding);

    /**
     * Keeps all locks; called on many threads.
     *
     * @param wallClock for the times that people read
     * @param nanoClock monotonic, in nanoseconds
     * @param defaultNodeSet what the spec of RedisNodeSet {@code default} has beside the definition's defaults where the
     *     operator makes it
     */
    public LockReconciler(
            KubernetesClient client, Clock wallClock, LongSupplier nanoClock, Map<String, Object> defaultNodeSet) {
        this.wallClock = wallClock;
        this.announcements = new Announcements(client, wallClock);
        this.marks = new PodMarks(client, wallClock);
        this.moves = new NodeSetMoves(nanoClock);
        this.rollouts = new Rollouts(client, marks, announcements);
        this.defaultNodeSet = new DefaultNodeSet(client, announcements, defaultNodeSet);
    }

    @Override
    public List<EventSource<?, DistributedLock>> prepareEventSources(EventSourceContext<DistributedLock> context) {
        List<EventSource<?, DistributedLock>> sources = new ArrayList<>(
                EventSourceUtils.dependentEventSources(context, configurations, services, endpoints, roleBindings));
        sources.add(new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, DistributedLock.class)
                        .withLabelSelector(PodContract.INJECT_LABEL + "=true")
                        .withSecondaryToPrimaryMapper(LockReconciler::locksOf)
                        .build(),
                context));
        sources.add(new InformerEventSource<>(
                InformerEventSourceConfiguration.from(RedisNodeSet.class, DistributedLock.class)
                        .withSecondaryToPrimaryMapper(set -> locksOn(set, context))
                        .withPrimaryToSecondaryMapper((DistributedLock lock) -> Set.of(nodeSetOf(lock)))
                        .build(),
                context));
        return sources;
    }

    private static Set<ResourceID> locksOf(Pod pod) {
        return Contest.locksOf(pod).stream()
                .map(lock -> new ResourceID(lock, pod.getMetadata().getNamespace()))
                .collect(Collectors.toSet());
    }

    private static Set<ResourceID> locksOn(RedisNodeSet set, EventSourceContext<DistributedLock> context) {
        return context.getPrimaryCache()
                .list(set.getMetadata().getNamespace(), lock -> nodeSetOf(lock).equals(ResourceID.fromResource(set)))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private static ResourceID nodeSetOf(DistributedLock lock) {
        return new ResourceID(lock.getSpec().nodeSet(), lock.getMetadata().getNamespace());
    }

    @Override
    public UpdateControl<DistributedLock> reconcile(DistributedLock lock, Context<DistributedLock> context) {
        Optional<RedisNodeSet> nodeSet = context.getSecondaryResource(RedisNodeSet.class);
        Refusals refusals = new Refusals();
        if (nodeSet.isEmpty() && lock.getSpec().nodeSet().equals(DistributedLockSpec.DEFAULT_NODE_SET)) {
            refusals.collect("RedisNodeSet", () -> defaultNodeSet.make(lock));
        }
        Set<Pod> pods = context.getSecondaryResources(Pod.class);
        Contest contest = Contest.of(lock.getMetadata().getName(), pods);
        Readiness readiness = moves.check(lock, told(lock, context), nodeSet, Readiness.of(lock, nodeSet), contest);
        if (readiness.mayConfigure()) {
            refusals.collect("ConfigMap", () -> configurations.reconcile(lock, context));
        }
        refusals.collect("RoleBinding", () -> roleBindings.reconcile(lock, context));
        refusals.collect("Service", () -> services.reconcile(lock, context));
        contest.claims().forEach(pod -> marks.withdraw(lock.getMetadata().getName(), pod));
        boolean isHandedOver = Vacancy.isFresh(lock, contest, wallClock.instant());
        if (!isHandedOver) {
            refusals.collect("EndpointSlice", () -> endpoints.reconcile(lock, context));
            marks.label(lock.getMetadata().getName(), pods, contest.holder().map(Hold::pod));
        }
        List<Workload> workloads = rollouts.attend(lock, contest);
        UpdateControl<DistributedLock> shown = show(lock, refusals.orElse(readiness), contest, workloads);
        // What was refused is tried again, and what else there is has been done meanwhile. A move waits for its time.
        boolean isUnfinished = !refusals.isEmpty() || (readiness instanceof Readiness.Waiting it && it.isTimed());
        if (isHandedOver) {
            return shown.rescheduleAfter(Vacancy.MOMENT);
        } else if (isUnfinished) {
            return shown.rescheduleAfter(LOOK_AGAIN);
        }
        return Rollouts.concern(lock) ? shown.rescheduleAfter(LOOK_AT_WORKLOADS) : shown;
    }

    /** What the lock's sidecars were told last. */
    private static Optional<String> told(DistributedLock lock, Context<DistributedLock> context) {
        return context.getSecondaryResourcesAsStream(ConfigMap.class)
                .flatMap(map -> Stream.ofNullable(map.getData()))
                .flatMap(data -> Stream.ofNullable(
                        data.get(LockManifests.file(lock.getMetadata().getName()))))
                .findAny();
    }

    private UpdateControl<DistributedLock> show(
            DistributedLock lock, Readiness readiness, Contest contest, List<Workload> workloads) {
        Optional<DistributedLockStatus> before = Optional.ofNullable(lock.getStatus());
        Optional<Holder> holder = contest.holder()
                .map(hold -> new Holder(
                        hold.pod().getMetadata().getName(),
                        hold.pod().getMetadata().getUid(),
                        hold.token(),
                        hold.since()));
        Optional<Holder> holderBefore = before.flatMap(status -> Optional.ofNullable(status.holder()));
        boolean changed = !holder.equals(holderBefore);
        long generation = lock.getMetadata().getGeneration();
        Conditions conditions =
                new Conditions(before.map(DistributedLockStatus::conditions).orElse(List.of()), generation, wallClock);
        readiness.describe(conditions);
        Rollouts.describe(lock, workloads, conditions);
        conditions.set(
                "Held",
                holder.isPresent(),
                holder.isPresent() ? "Held" : "NotHeld",
                holder.map(it -> it.pod() + " holds with fencing token " + it.fencingToken())
                        .orElse(
                                contest.candidates() == 0
                                        ? "no pod campaigns; label pods holdfast.dev/inject=true and name the lock in"
                                                + " the annotation holdfast.dev/locks"
                                        : "nobody of " + contest.candidates() + " candidates holds"));
        DistributedLockStatus status = new DistributedLockStatus(
                conditions.list(),
                holder.orElse(null),
                contest.candidates(),
                before.map(DistributedLockStatus::transitions).orElse(0L) + (changed && holder.isPresent() ? 1 : 0),
                generation);
        if (before.equals(Optional.of(status))) {
            return UpdateControl.noUpdate();
        }
        if (changed) {
            announce(lock, holderBefore, holder);
        }
        DistributedLock fresh = new DistributedLock();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(lock.getMetadata().getName())
                .withNamespace(lock.getMetadata().getNamespace())
                .build());
        fresh.setStatus(status);
        return UpdateControl.patchStatus(fresh);
    }

    private void announce(DistributedLock lock, Optional<Holder> before, Optional<Holder> now) {
        now.ifPresentOrElse(
                holder -> announcements.normal(
                        lock,
                        "Acquired",
                        Long.toString(holder.fencingToken()),
                        holder.pod() + " holds with fencing token " + holder.fencingToken()),
                () -> before.ifPresent(holder -> announcements.normal(
                        lock, "Released", Long.toString(holder.fencingToken()), holder.pod() + " holds no more")));
    }

    private static List<ConfigMap> configuration(Desired<DistributedLock> desired) {
        return desired.context().getSecondaryResource(RedisNodeSet.class).stream()
                .map(set -> new LockManifests(desired.owner()).configuration(set))
                .toList();
    }

    private static List<EndpointSlice> endpoints(Desired<DistributedLock> desired) {
        LockManifests manifests = new LockManifests(desired.owner());
        return new HolderEndpoints(manifests)
                .slice(contest(desired).holder().map(Hold::pod)).stream().toList();
    }

    private static List<RoleBinding> roleBinding(Desired<DistributedLock> desired) {
        return new LockManifests(desired.owner())
                .roleBinding(contest(desired).serviceAccounts()).stream().toList();
    }

    private static Contest contest(Desired<DistributedLock> desired) {
        return Contest.of(
                desired.owner().getMetadata().getName(), desired.context().getSecondaryResources(Pod.class));
    }
}
