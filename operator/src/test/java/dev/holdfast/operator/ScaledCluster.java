package dev.holdfast.operator;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Many namespaces with many locks each, every one held by a pod of its own; some have a Service. */
final class ScaledCluster implements AutoCloseable {

    static final int NAMESPACES = 50;
    static final int LOCKS_EACH = 20;
    static final int LOCKS = NAMESPACES * LOCKS_EACH;

    private static final int AT_A_TIME = 16;

    private final KubernetesClient client;
    private final List<TestNamespace> namespaces;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

    ScaledCluster(KubernetesClient client) {
        this.client = client;
        this.namespaces = IntStream.range(0, NAMESPACES)
                .mapToObj(i -> TestNamespace.create(client, "scale-" + i))
                .toList();
    }

    /** A lock by its number. */
    record Place(TestNamespace namespace, String lock, String pod) {

        void hold(long token) {
            String patch = """
                    {"status":{"conditions":[{"type":"%s","status":"True","reason":"Held","message":"holds %s with\
                     fencing token %d","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""".formatted(PodContract.conditionType(lock), lock, token);
            namespace
                    .client()
                    .pods()
                    .inNamespace(namespace.name())
                    .withName(pod)
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
        }

        void lease(int seconds) {
            namespace
                    .client()
                    .resources(DistributedLock.class)
                    .inNamespace(namespace.name())
                    .withName(lock)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\":{\"leaseDuration\":\"" + seconds + "s\"}}");
        }
    }

    Place place(int number) {
        String lock = "lock-" + number % LOCKS_EACH;
        return new Place(namespaces.get(number / LOCKS_EACH), lock, "app-" + number % LOCKS_EACH);
    }

    void declareLocks() throws InterruptedException, ExecutionException {
        inParallel(LOCKS, number -> {
            Place place = place(number);
            boolean hasService = number % 10 == 0;
            place.namespace()
                    .createLock(place.lock(), hasService ? "{exposure: {service: {ports: [{port: 80}]}}}" : "{}");
        });
    }

    void startPods() throws InterruptedException, ExecutionException {
        inParallel(LOCKS, number -> {
            Place place = place(number);
            place.namespace().pods().create(place.pod(), "10.1." + number / 250 + '.' + number % 250, place.lock());
            place.hold(1);
        });
    }

    /** As the controller of StatefulSets would, for each that appears. */
    void letNodesRun() {
        client.resources(StatefulSet.class).inAnyNamespace().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(StatefulSet set) {
                if (set.getStatus() == null || set.getStatus().getReadyReplicas() == null) {
                    threads.execute(
                            () -> new TestNamespace(client, set.getMetadata().getNamespace())
                                    .makeReady(set.getMetadata().getName()));
                }
            }

            @Override
            public void onUpdate(StatefulSet before, StatefulSet now) {}

            @Override
            public void onDelete(StatefulSet set, boolean isFinalStateUnknown) {}
        });
    }

    void inParallel(int times, IntConsumer action) throws InterruptedException, ExecutionException {
        List<Future<?>> pending = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            int number = i;
            pending.add(threads.submit(() -> action.accept(number)));
        }
        for (Future<?> each : pending) {
            each.get();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
