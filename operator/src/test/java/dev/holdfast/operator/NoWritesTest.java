package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where nothing changes, nothing is asked to be written: neither by loops that go on nor by those of a process that has just
 * started and looks at everything. Counted by the API server, for a write that changes nothing is a request as well.
 */
@ExtendWith(RealApiServer.class)
class NoWritesTest {

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
    void aLockThatIsHeldAndShownInEveryWay() {
        namespace.createLock(
                "payments",
                "{leaseDuration: 5000ms, lockDelay: 60s, maxHold: 60m, appHealth: {httpGet: {path: /, port: 80}},"
                        + " exposure: {readinessGate: Holder, service: {name: pay, ports: [{name: http, port: 80},"
                        + " {name: admin, port: 81, targetPort: 8081}, {name: named, port: 82, targetPort: web}]}}}");
        namespace.bringUpNodes();
        namespace.pods().create("app-1", "10.1.1.1", "payments");
        namespace.pods().create("app-2", "10.1.1.2", "payments");
        namespace.pods().hold("app-1", "payments", 100);
        namespace.awaitHolder("payments", "app-1:100");
        await().atMost(SOON).until(() -> namespace.pods().labelled("payments").equals(List.of("app-1")));
        await().atMost(SOON).until(() -> namespace.endpoints("pay").equals(List.of("10.1.1.1")));
        namespace.awaitLock("payments", "Ready", "Ready");

        assertThatNothingIsWrittenAgain();
    }

    static Stream<Map.Entry<String, String>> specs() {
        return Map.of(
                "storage in another form",
                "{nodes: 1, storage: {size: 1024Mi, storageClassName: fast}}",
                "storage in decimals",
                "{nodes: 1, storage: {size: '0.5Gi'}}",
                "resources in other forms",
                "{nodes: 1, resources: {requests: {cpu: '0.1', memory: 131072Ki, ephemeral-storage: 1000M},"
                        + " limits: {cpu: 1000m, memory: '268435456'}}}",
                "scheduling",
                "{nodes: 1, scheduling: {spread: Required, nodeSelector: {disk: ssd}, tolerations: [{operator: Exists},"
                        + " {key: a, value: b, effect: NoSchedule}, {key: c, operator: Exists, effect: NoExecute,"
                        + " tolerationSeconds: 60}]}}",
                "TLS",
                "{nodes: 1, tls: 'On'}",
                "external nodes",
                "{external: {endpoints: ['redis-0:6379'], credentialsSecret: login, tls: 'On'}}",
                "an image of its own and another bound",
                "{nodes: 1, image: 'redis:7.2', maxLeaseDuration: 90000ms}")
                .entrySet()
                .stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void aNodeSetWith(Map.Entry<String, String> spec) {
        server.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("login")
                        .withNamespace(namespace.name())
                        .endMetadata()
                        .addToStringData("username", "holdfast")
                        .addToStringData("password", "secret")
                        .build())
                .create();
        namespace.createNodeSet("data", spec.getValue());
        if (!spec.getValue().contains("external")) {
            namespace.bringUpNodes("data", 1);
        }
        namespace.awaitNodeSet("data", "Ready", "Ready");

        assertThatNothingIsWrittenAgain();
    }

    private void assertThatNothingIsWrittenAgain() {
        await().during(Duration.ofSeconds(3)).atMost(SOON).until(this::writes, quiet());

        loops.close();
        loops = Loops.start(server, namespace, loops.nodes);

        // Every resource is reconciled at the start, and once more after its next look.
        await().during(Duration.ofSeconds(4)).atMost(SOON).until(this::writes, List.of()::equals);
        assertThat(loops.calls()).isNotEmpty();
    }

    private List<ApiCall> writes() {
        return loops.calls().stream().filter(ApiCall::isWrite).toList();
    }

    /** Unchanged since the last time it was asked. */
    private static java.util.function.Predicate<List<ApiCall>> quiet() {
        List<List<ApiCall>> last = new java.util.ArrayList<>(List.of(List.of()));
        return now -> {
            boolean same = now.equals(last.getFirst());
            last.set(0, now);
            return same;
        };
    }
}
