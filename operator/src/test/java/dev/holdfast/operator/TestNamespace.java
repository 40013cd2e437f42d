package dev.holdfast.operator;

import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockStatus;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A namespace of a real API server: what users apply, what the controllers would do, and what is to be seen. */
record TestNamespace(KubernetesClient client, String name) {

    /** Long enough for a machine that is busy. */
    static final Duration SOON = Duration.ofSeconds(30);

    static TestNamespace create(KubernetesClient client) {
        return create(client, "test-" + UUID.randomUUID());
    }

    static TestNamespace create(KubernetesClient client, String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
        return new TestNamespace(client, name);
    }

    TestPods pods() {
        return new TestPods(client, name);
    }

    /** @param spec YAML in one line */
    void createLock(String lock, String spec) {
        apply("DistributedLock", lock, spec);
    }

    /** @param spec YAML in one line */
    void createNodeSet(String set, String spec) {
        apply("RedisNodeSet", set, spec);
    }

    /** As a user's file has it: what it leaves out stays out. */
    private void apply(String kind, String resource, String spec) {
        client.resource(Serialization.unmarshal(
                        """
                        apiVersion: holdfast.dev/v1alpha1
                        kind: %s
                        metadata: {name: %s, namespace: %s}
                        spec: %s
                        """.formatted(kind, resource, name, spec), GenericKubernetesResource.class))
                .serverSideApply();
    }

    /** The default set's three nodes run. */
    void bringUpNodes() {
        bringUpNodes("default", 3);
    }

    void bringUpNodes(String set, int size) {
        for (int slot = 0; slot < size; slot++) {
            String node = "holdfast-" + set + '-' + slot;
            await().atMost(SOON).until(() -> exists(StatefulSet.class, node));
            makeReady(node);
        }
    }

    /** Its pod runs, and is of the present template. */
    void makeReady(String node) {
        tellOf(node, 1);
    }

    /** Its pod runs, and is of an earlier template. */
    void makeOutdated(String node) {
        tellOf(node, 0);
    }

    /** Its pod, of an earlier template. */
    Pod outdatedPodOf(String node) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(node + "-0")
                .withNamespace(name)
                .addToLabels("holdfast.dev/node-set", node.substring("holdfast-".length(), node.lastIndexOf('-')))
                .addToLabels("controller-revision-hash", "old")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("redis")
                .withImage("redis")
                .endContainer()
                .endSpec()
                .build();
    }

    private void tellOf(String node, int updated) {
        client.apps().statefulSets().inNamespace(name).withName(node).editStatus(set -> {
            set.setStatus(new StatefulSetStatusBuilder()
                    .withReplicas(1)
                    .withReadyReplicas(1)
                    .withAvailableReplicas(1)
                    .withUpdatedReplicas(updated)
                    .withUpdateRevision("new")
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .build());
            return set;
        });
    }

    <T extends HasMetadata> List<T> list(Class<T> kind) {
        return client.resources(kind).inNamespace(name).list().getItems();
    }

    <T extends HasMetadata> boolean exists(Class<T> kind, String resource) {
        return client.resources(kind).inNamespace(name).withName(resource).get() != null;
    }

    DistributedLock lock(String lock) {
        return client.resources(DistributedLock.class)
                .inNamespace(name)
                .withName(lock)
                .get();
    }

    RedisNodeSet nodeSet(String set) {
        return client.resources(RedisNodeSet.class)
                .inNamespace(name)
                .withName(set)
                .get();
    }

    @Nullable
    Secret secret(String secret) {
        return client.secrets().inNamespace(name).withName(secret).get();
    }

    /** What a lock's sidecars are told; null before they are. */
    @Nullable
    String configuration(String lock) {
        var found = client.configMaps()
                .inNamespace(name)
                .withName("holdfast-lock-" + lock)
                .get();
        return found == null ? null : found.getData().get(lock + ".json");
    }

    /** Pod and token; empty while nobody is shown. */
    String holderOf(String lock) {
        return status(lock)
                .flatMap(status -> Optional.ofNullable(status.holder()))
                .map(holder -> holder.pod() + ":" + holder.fencingToken())
                .orElse("");
    }

    Optional<DistributedLockStatus> status(String lock) {
        return Optional.ofNullable(lock(lock).getStatus());
    }

    /** Where a Service leads to. */
    List<String> endpoints(String service) {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(name)
                .withLabel("kubernetes.io/service-name", service)
                .list()
                .getItems()
                .stream()
                .flatMap(TestNamespace::addresses)
                .toList();
    }

    /** Tells where a Service leads to, now and each time that it changes. */
    AutoCloseable observeEndpoints(String service, Consumer<List<String>> listener) {
        return client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(name)
                .withLabel("kubernetes.io/service-name", service)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(EndpointSlice slice) {
                        listener.accept(addresses(slice).toList());
                    }

                    @Override
                    public void onUpdate(EndpointSlice before, EndpointSlice slice) {
                        onAdd(slice);
                    }

                    @Override
                    public void onDelete(EndpointSlice slice, boolean isStateUnknown) {
                        listener.accept(List.of());
                    }
                });
    }

    private static Stream<String> addresses(EndpointSlice slice) {
        return Stream.ofNullable(slice.getEndpoints())
                .flatMap(List::stream)
                .flatMap(endpoint -> endpoint.getAddresses().stream());
    }

    /** With empty texts while there is none. */
    Condition lockCondition(String lock, String type) {
        return find(status(lock).map(DistributedLockStatus::conditions).orElse(List.of()), type);
    }

    /** With empty texts while there is none. */
    Condition nodeSetCondition(String set, String type) {
        return find(
                Optional.ofNullable(nodeSet(set).getStatus())
                        .map(RedisNodeSetStatus::conditions)
                        .orElse(List.of()),
                type);
    }

    private static Condition find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findAny()
                .orElseGet(() -> new Condition("", "", 0L, "", "", type));
    }

    void awaitLock(String lock, String type, String reason) {
        await().atMost(SOON).until(() -> lockCondition(lock, type).getReason(), reason::equals);
    }

    void awaitNodeSet(String set, String type, String reason) {
        await().atMost(SOON).until(() -> nodeSetCondition(set, type).getReason(), reason::equals);
    }

    void awaitHolder(String lock, String holder) {
        await().atMost(SOON).until(() -> holderOf(lock), holder::equals);
    }
}
