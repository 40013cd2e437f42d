package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node's pod that has been told to go answers for a while: it does not count as one that has a vote. */
@ExtendWith(RealApiServer.class)
class NodeReplacementTest {

    private static final String KEPT = "holdfast.dev/test";

    @Test
    void noNodeGoesWhileThePodOfAnotherGoes(ApiServer server) throws Exception {
        TestNamespace namespace = TestNamespace.create(server.client());
        try (Loops _ = Loops.start(server, namespace)) {
            namespace.createLock("payments", "{}");
            namespace.bringUpNodes();
            namespace.awaitNodeSet("default", "Ready", "Ready");
            for (int slot = 0; slot < 3; slot++) {
                server.client().resource(pod(namespace, slot)).create();
            }
            Pod going = pod(namespace, 2);
            server.client().resource(going).delete();
            assertThat(server.client().resource(going).get().getMetadata().getDeletionTimestamp())
                    .isNotNull();

            for (int slot = 0; slot < 3; slot++) {
                namespace.makeOutdated("holdfast-default-" + slot);
            }

            await().during(Duration.ofSeconds(4))
                    .atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(evictions(server, namespace)).isZero());

            server.client().resource(going).edit(pod -> {
                pod.getMetadata().setFinalizers(null);
                return pod;
            });
            namespace.makeReady("holdfast-default-2");
            await().atMost(SOON).until(() -> evictions(server, namespace) > 0);
        }
    }

    private static long evictions(ApiServer server, TestNamespace namespace) throws Exception {
        return server.audit().calls().stream()
                .filter(call -> call.resource().equals("pods/eviction")
                        && call.namespace().equals(namespace.name()))
                .count();
    }

    private static Pod pod(TestNamespace namespace, int slot) {
        Pod pod = namespace.outdatedPodOf("holdfast-default-" + slot);
        pod.getMetadata().setFinalizers(List.of(KEPT));
        return pod;
    }
}
