package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who holds is shown as pods tell it; what they cannot tell any more is told for them. */
@ExtendWith(RealApiServer.class)
class HolderTest {

    private TestNamespace namespace;
    private TestPods pods;
    private Loops loops;

    @BeforeEach
    void start(ApiServer server) {
        namespace = TestNamespace.create(server.client());
        pods = namespace.pods();
        loops = Loops.start(server, namespace);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    private void holdByAppOne() {
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        pods.create("app-1", "10.1.1.1", "payments");
        pods.hold("app-1", "payments", 100);
        namespace.awaitHolder("payments", "app-1:100");
    }

    @Test
    void theHolderIsShownFromPodConditions() {
        namespace.createLock("payments", "{exposure: {service: {ports: [{port: 80, targetPort: 8080}]}}}");
        namespace.bringUpNodes();
        pods.create("app-1", "10.1.1.1", "payments");
        pods.create("app-2", "10.1.1.2", "payments");
        await().atMost(SOON)
                .until(() -> namespace.status("payments").orElseThrow().candidates() == 2);
        assertThat(namespace.lockCondition("payments", "Held").getStatus()).isEqualTo("False");

        pods.hold("app-1", "payments", 100);

        namespace.awaitHolder("payments", "app-1:100");
        await().atMost(SOON).until(() -> namespace.endpoints("payments").equals(List.of("10.1.1.1")));
        await().atMost(SOON).until(() -> pods.labelled("payments").equals(List.of("app-1")));

        // The new holder says so before the old one's condition is gone.
        pods.hold("app-2", "payments", 200);

        namespace.awaitHolder("payments", "app-2:200");
        await().atMost(SOON).until(() -> namespace.endpoints("payments").equals(List.of("10.1.1.2")));
        await().atMost(SOON).until(() -> pods.labelled("payments").equals(List.of("app-2")));
        await().atMost(SOON)
                .until(() -> pods.condition("app-1", "payments").getStatus().equals("False"));
        assertThat(namespace.status("payments").orElseThrow().transitions()).isEqualTo(2);
        assertThat(namespace.list(Event.class))
                .filteredOn(event -> event.getReason().equals("Acquired"))
                .extracting(Event::getMessage)
                .containsExactlyInAnyOrder("app-1 holds with fencing token 100", "app-2 holds with fencing token 200");
    }

    /** An endpoint that is emptied first would hide the next holder for as long as kube-proxy collects changes. */
    @Test
    void theEndpointMovesInOneStepAndIsEmptiedOnlyIfNobodyTakesTheLock() throws Exception {
        namespace.createLock("payments", "{exposure: {service: {ports: [{port: 80, targetPort: 8080}]}}}");
        namespace.bringUpNodes();
        pods.create("app-1", "10.1.1.1", "payments");
        pods.create("app-2", "10.1.1.2", "payments");
        pods.hold("app-1", "payments", 100);
        await().atMost(SOON).until(() -> namespace.endpoints("payments").equals(List.of("10.1.1.1")));
        await().atMost(SOON).until(() -> pods.labelled("payments").equals(List.of("app-1")));
        List<List<String>> seen = Collections.synchronizedList(new ArrayList<>());

        try (AutoCloseable _ = namespace.observeEndpoints("payments", seen::add)) {
            pods.campaign("app-1", "payments");
            namespace.awaitHolder("payments", "");
            pods.hold("app-2", "payments", 200);
            await().atMost(SOON).until(() -> namespace.endpoints("payments").equals(List.of("10.1.1.2")));
            await().atMost(SOON).until(() -> pods.labelled("payments").equals(List.of("app-2")));
            await().atMost(SOON).until(() -> seen.contains(List.of("10.1.1.2")));
        }
        assertThat(seen).containsExactly(List.of("10.1.1.1"), List.of("10.1.1.2"));

        pods.campaign("app-2", "payments");
        await().atMost(SOON).until(() -> namespace.endpoints("payments").isEmpty());
        await().atMost(SOON).until(() -> pods.labelled("payments").isEmpty());
    }

    /** Its kubelet may be dead, and say nothing. */
    @Test
    void aSupersededHolderBehindTheGateIsNotReady() {
        namespace.createLock("ledger", "{exposure: {readinessGate: Holder}}");
        namespace.bringUpNodes();
        pods.createGated("app-1", "10.1.1.1", "ledger");
        pods.createGated("app-2", "10.1.1.2", "ledger");
        pods.hold("app-1", "ledger", 100);
        namespace.awaitHolder("ledger", "app-1:100");
        assertThat(pods.conditionOfType("app-1", "Ready").getStatus()).isEqualTo("True");

        pods.hold("app-2", "ledger", 200);

        await().atMost(SOON)
                .until(() -> pods.conditionOfType("app-1", "Ready").getStatus().equals("False"));
        assertThat(pods.condition("app-1", "ledger").getReason()).isEqualTo("Superseded");
        assertThat(pods.conditionOfType("app-2", "Ready").getStatus()).isEqualTo("True");
    }

    @Test
    void aHolderThatVanishedIsShownNoMore() {
        holdByAppOne();

        pods.delete("app-1");

        namespace.awaitHolder("payments", "");
        assertThat(namespace.lockCondition("payments", "Held").getStatus()).isEqualTo("False");
    }

    @Test
    void aSidecarThatDiedHoldsNoMore() {
        holdByAppOne();

        pods.killSidecar("app-1");

        namespace.awaitHolder("payments", "");
        await().atMost(SOON)
                .until(() -> pods.condition("app-1", "payments").getStatus().equals("False"));
    }

    /** A sidecar may win and say so before the kubelet has told that its container runs. */
    @Test
    void aQuickHolderIsBelieved() {
        namespace.createLock("payments", "{}");
        namespace.bringUpNodes();
        pods.create("app-1", "10.1.1.1", "payments");
        pods.hideSidecar("app-1");

        pods.hold("app-1", "payments", 100);

        namespace.awaitHolder("payments", "app-1:100");
        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> pods.condition("app-1", "payments").getStatus().equals("True"));
    }
}
