package dev.holdfast.operator.reconcile;

import dev.holdfast.operator.manifests.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.dependent.GarbageCollected;
import io.javaoperatorsdk.operator.processing.dependent.CRUDKubernetesBulkDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependentResourceConfigBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All objects of one kind that a resource owns: as many as its manifests say, by server-side apply, and none besides.
 * They go with their owner.
 *
 * @param <R> the objects' kind
 * @param <P> the owner's kind
 */
final class Owned<R extends HasMetadata, P extends HasMetadata> extends KubernetesDependentResource<R, P>
        implements CRUDKubernetesBulkDependentResource<R, P>, GarbageCollected<P> {

    private final Function<Desired<P>, List<R>> manifests;

    /** @param manifests what is wanted; called on each reconciliation */
    Owned(Class<R> kind, Function<Desired<P>, List<R>> manifests) {
        super(kind, kind.getSimpleName());
        this.manifests = manifests;
        configureWith(new KubernetesDependentResourceConfigBuilder<R>()
                // What somebody else made under that name stays his.
                .withCreateResourceOnlyIfNotExistingWithSSA(true)
                .withKubernetesDependentInformerConfig(InformerConfiguration.builder(kind)
                        .withLabelSelector(Labels.SELECTOR)
                        .build())
                .build());
    }

    @Override
    public Map<ResourceID, R> desiredResources(P primary, Context<P> context) {
        return manifests.apply(new Desired<>(primary, context)).stream()
                .collect(Collectors.toMap(ResourceID::fromResource, Function.identity()));
    }

    @Override
    public Map<ResourceID, R> getSecondaryResources(P primary, Context<P> context) {
        return context.getSecondaryResourcesAsStream(resourceType())
                .collect(Collectors.toMap(ResourceID::fromResource, Function.identity()));
    }

    /** For whom manifests are wanted, and what is known. */
    record Desired<P extends HasMetadata>(P owner, Context<P> context) {}
}
