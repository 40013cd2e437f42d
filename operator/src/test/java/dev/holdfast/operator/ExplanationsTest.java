package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be done is told where users look, in words that they can act on, and stops nothing else. */
@ExtendWith(RealApiServer.class)
class ExplanationsTest {

    private ApiServer server;
    private TestNamespace namespace;
    private Loops loops;

    @BeforeEach
    void start(ApiServer given) {
        server = given;
        namespace = TestNamespace.create(server.client());
        loops = Loops.start(server, namespace);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aLeaseAboveTheNodeSetsBoundIsExplained() {
        namespace.createLock("payments", "{leaseDuration: 2m}");

        namespace.awaitLock("payments", "Ready", "LeaseTooLong");
        assertThat(namespace.lockCondition("payments", "Ready").getMessage())
                .isEqualTo(
                        "leaseDuration 2m is above maxLeaseDuration 1m of RedisNodeSet \"default\"; shorten it, or use"
                                + " another node set");
    }

    @Test
    void aNodeSetThatDoesNotExistIsNamed() {
        namespace.createLock("payments", "{nodeSet: special}");

        namespace.awaitLock("payments", "Ready", "NodeSetMissing");
        assertThat(namespace.list(RedisNodeSet.class)).isEmpty();
    }

    @Test
    void whatSomebodyElseMadeStaysHisAndTheLockSaysSo() {
        server.client()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("payments")
                        .withNamespace(namespace.name())
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "payments")
                        .addNewPort()
                        .withPort(8080)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        namespace.createLock("payments", "{exposure: {service: {ports: [{port: 80}]}}}");
        namespace.bringUpNodes();
        namespace.pods().create("app-1", "10.1.1.1", "payments");
        namespace.pods().hold("app-1", "payments", 100);

        namespace.awaitHolder("payments", "app-1:100");
        namespace.awaitLock("payments", "Ready", "ObjectRefused");
        assertThat(namespace.lockCondition("payments", "Ready").getMessage())
                .startsWith(
                        "Service refused: an object of that name is there that Holdfast did not make; delete it, or take"
                                + " another name: ");
        var service = server.client()
                .services()
                .inNamespace(namespace.name())
                .withName("payments")
                .get();
        assertThat(service.getSpec().getPorts()).extracting("port").containsExactly(8080);
        assertThat(service.getMetadata().getOwnerReferences()).isEmpty();
    }

    /** Each a spec that the definitions let pass, and a word of it that the message must name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{resources: {limits: {memory: '-1'}}}; -1",
                "{resources: {requests: {memory: 1Gi}, limits: {memory: 64Mi}}}; memory",
                "{scheduling: {tolerations: [{operator: Perhaps}]}}; Perhaps",
                "{scheduling: {nodeSelector: {zone: 'a b'}}}; a b",
            })
    void aSpecThatCannotBeMetIsExplainedAndStopsNoOther(String spec, String named) {
        namespace.createNodeSet("bad", spec);
        namespace.createNodeSet("good", "{nodes: 1}");

        namespace.bringUpNodes("good", 1);
        namespace.awaitNodeSet("good", "Ready", "Ready");
        namespace.awaitNodeSet("bad", "Ready", "ObjectRefused");
        Condition ready = namespace.nodeSetCondition("bad", "Ready");
        assertThat(namespace.nodeSetCondition("bad", "Admitted").getMessage()).contains(named);
        assertThat(ready.getMessage()).contains(named);
        assertThat(ready.getStatus()).isEqualTo("False");
    }

    @Test
    void aSpecThatIsMendedIsActedOn() {
        namespace.createNodeSet("data", "{nodes: 1, resources: {limits: {memory: '-1'}}}");
        namespace.awaitNodeSet("data", "Ready", "ObjectRefused");

        namespace.createNodeSet("data", "{nodes: 1, resources: {limits: {memory: 1024Mi}}}");

        namespace.bringUpNodes("data", 1);
        namespace.awaitNodeSet("data", "Ready", "Ready");
    }

    @Test
    void aSpecThatTurnsBadIsExplainedWhileTheNodesOfBeforeVoteOn() {
        namespace.createNodeSet("data", "{nodes: 1}");
        namespace.bringUpNodes("data", 1);
        namespace.awaitNodeSet("data", "UpToDate", "AllReplaced");

        namespace.createNodeSet("data", "{nodes: 1, resources: {limits: {memory: '-1'}}}");

        namespace.awaitNodeSet("data", "UpToDate", "ObjectRefused");
        assertThat(namespace.nodeSetCondition("data", "UpToDate").getMessage())
                .contains("Invalid value: \"-1\": must be greater than or equal to 0");
        assertThat(namespace.nodeSetCondition("data", "Ready").getStatus()).isEqualTo("True");
    }

    /** From the first visit on, so that a user can tell a slow operator from an absent one. */
    @Test
    void aStatusHasConditionsAndTheGenerationFromTheFirstVisitOn() {
        namespace.createLock("payments", "{nodeSet: data}");
        namespace.createNodeSet("data", "{}");

        namespace.awaitNodeSet("data", "Ready", "NodesStarting");
        namespace.awaitLock("payments", "Ready", "NodeSetStarting");
        assertThat(namespace.nodeSet("data").getStatus().observedGeneration()).isEqualTo(1);
        assertThat(namespace.nodeSet("data").getStatus().conditions())
                .extracting(Condition::getType)
                .contains("Ready", "Admitted", "QuorumAvailable", "FullStrength");
        assertThat(namespace.status("payments").orElseThrow().observedGeneration())
                .isEqualTo(1);
        assertThat(namespace.status("payments").orElseThrow().conditions())
                .extracting(Condition::getType)
                .contains("Ready", "NodeSetReady", "Held");
        assertThat(List.of(namespace.lockCondition("payments", "Ready"), namespace.nodeSetCondition("data", "Ready")))
                .allSatisfy(condition -> {
                    assertThat(condition.getObservedGeneration()).isEqualTo(1);
                    assertThat(condition.getLastTransitionTime()).isNotEmpty();
                    assertThat(condition.getMessage()).isNotEmpty();
                });
    }
}
