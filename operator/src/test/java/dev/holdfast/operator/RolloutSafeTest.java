package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever applies a workload whose rollout would stall is warned by the chart's policy, and the lock says it in the same words. */
@ExtendWith(RealApiServer.class)
@TestInstance(Lifecycle.PER_CLASS)
class RolloutSafeTest {

    private final ApiServer server;
    private final Chart chart = Chart.render();
    private TestNamespace namespace;
    private Loops loops;
    private int cases;

    RolloutSafeTest(ApiServer server) {
        this.server = server;
        this.namespace = TestNamespace.create(server.client());
    }

    @BeforeAll
    void start() {
        chart.install(server.client());
        loops = Loops.start(server, namespace);
        namespace.createLock("probe", "{exposure: {readinessGate: Holder}}");
        // The API server takes a moment to know a policy.
        await().atMost(SOON)
                .until(() -> !warnings(apply("Deployment", "probe", "probe", "replicas: 3"))
                                .isEmpty()
                        && !warnings(apply("StatefulSet", "probe", "probe", "replicas: 3"))
                                .isEmpty());
    }

    @AfterAll
    void stop() {
        loops.close();
        chart.uninstall(server.client());
    }

    private HttpResponse<String> apply(String kind, String name, String lock, String settings) {
        String yaml = TestWorkloads.yaml(
                kind, name, lock, kind.equals("StatefulSet") ? "serviceName: s\n" + settings : settings);
        return server.client()
                .getHttpClient()
                .sendAsync(
                        server.client()
                                .getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(server.client().getMasterUrl() + "apis/apps/v1/namespaces/" + namespace.name()
                                        + '/' + kind.toLowerCase(Locale.ROOT) + "s/" + name
                                        + "?fieldManager=test&force=true")
                                .method("PATCH", "application/apply-patch+yaml", yaml)
                                .build(),
                        String.class)
                .join();
    }

    /** What kubectl prints. */
    private static List<String> warnings(HttpResponse<String> response) {
        assertThat(response.isSuccessful()).as(response.body()).isTrue();
        return response.headers("Warning").stream()
                .filter(warning -> warning.contains("Holdfast") || warning.contains("holdfast"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Deployment  | replicas: 3                                                                   | 3 of 3 pods
            Deployment  | replicas: 5                                                                   | 4 of 5 pods
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 1}}                   | 2 of 3 pods
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 60%}}                 | 2 of 3 pods
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 3}}      | 3 of 3 pods
            Deployment  | replicas: 2; strategy: {rollingUpdate: {maxUnavailable: 40%, maxSurge: 0%}}   |
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 2}}                   |
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 67%}}                 |
            Deployment  | replicas: 3; strategy: {rollingUpdate: {maxUnavailable: 100%}}                |
            Deployment  | replicas: 3; strategy: {type: Recreate}                                       |
            Deployment  | replicas: 1                                                                   |
            Deployment  | replicas: 0                                                                   |
            StatefulSet | replicas: 3                                                                   | podManagementPolicy Parallel
            StatefulSet | replicas: 2; podManagementPolicy: OrderedReady                                | podManagementPolicy Parallel
            StatefulSet | replicas: 3; updateStrategy: {type: OnDelete}                                 | podManagementPolicy Parallel
            StatefulSet | replicas: 3; podManagementPolicy: Parallel                                    | each of 3 pods
            StatefulSet | replicas: 2; podManagementPolicy: Parallel                                    |
            StatefulSet | replicas: 3; podManagementPolicy: Parallel; updateStrategy: {type: OnDelete}  |
            StatefulSet | replicas: 1                                                                   |
            """)
    void whatWouldStallIsSaidTwice(String kind, String settings, String said) {
        String lock = "ledger-" + ++cases;
        namespace.createLock(lock, "{exposure: {readinessGate: Holder}}");
        namespace.createLock("other", "{}");
        String yaml = settings.replace("; ", "\n");

        List<String> warnings = warnings(apply(kind, "web-" + cases, lock, yaml));

        HasMetadata owner = kind.equals("StatefulSet")
                ? server.client()
                        .apps()
                        .statefulSets()
                        .inNamespace(namespace.name())
                        .withName("web-" + cases)
                        .get()
                : new TestWorkloads(server.client(), namespace.name())
                        .replicaSet(
                                server.client()
                                        .apps()
                                        .deployments()
                                        .inNamespace(namespace.name())
                                        .withName("web-" + cases)
                                        .get(),
                                1);
        namespace.pods().create("pod-" + cases, "10.1.1." + cases, lock, owner, Map.of());
        namespace.awaitLock(lock, "RolloutSafe", said == null ? "OnePodIsEnough" : "OnlyTheHolderIsReady");
        if (said == null) {
            assertThat(warnings).isEmpty();
        } else {
            String message = namespace.lockCondition(lock, "RolloutSafe").getMessage();
            assertThat(message)
                    .contains(said)
                    .startsWith(kind + " web-" + cases + ": ")
                    .contains("; ")
                    .contains("exposure.service");
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("lock " + lock + " has readinessGate Holder: " + message);
        }
    }

    @Test
    void whatIsMendedIsSafe() {
        namespace.createLock("orders", "{exposure: {readinessGate: Holder}}");
        TestWorkloads workloads = new TestWorkloads(server.client(), namespace.name());
        namespace
                .pods()
                .create(
                        "orders-1",
                        "10.1.2.1",
                        "orders",
                        workloads.replicaSet(workloads.deployment("orders", "orders", "replicas: 3", 1), 1),
                        Map.of());
        namespace.awaitLock("orders", "RolloutSafe", "OnlyTheHolderIsReady");

        namespace.createLock("orders", "{exposure: {service: {ports: [{port: 80}]}}}");

        namespace.awaitLock("orders", "RolloutSafe", "AllPodsAreReady");
        assertThat(warnings(apply("Deployment", "orders", "orders", "replicas: 3")))
                .isEmpty();
    }

    @Test
    void aLockWithoutWorkloadsIsSafe() {
        namespace.createLock("bare", "{exposure: {readinessGate: Holder}}");
        namespace.awaitLock("bare", "RolloutSafe", "NoWorkload");
        assertThat(namespace.lockCondition("bare", "RolloutSafe").getStatus()).isEqualTo("True");
    }
}
