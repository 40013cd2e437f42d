package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec.Mode;
import dev.holdfast.crds.DistributedLockSpec.ReadinessGate;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server does with resources as people write them. */
@ExtendWith(RealApiServer.class)
class CrdRulesTest {

    @Test
    void aLockWithoutASpecHasEveryDefault(KubernetesClient client) {
        apply(client, "DistributedLock", "all-defaults", "");

        DistributedLock lock = client.resources(DistributedLock.class)
                .inNamespace("default")
                .withName("all-defaults")
                .get();
        assertThat(lock.getSpec().mode()).isEqualTo(Mode.Leader);
        assertThat(lock.getSpec().nodeSet()).isEqualTo("default");
        assertThat(lock.getSpec().leaseDuration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(lock.getSpec().lockDelay()).isZero();
        assertThat(lock.getSpec().maxHold()).isNull();
        assertThat(lock.getSpec().exposure().readinessGate()).isEqualTo(ReadinessGate.Off);
    }

    @Test
    void aNodeSetWithoutASpecHasEveryDefault(KubernetesClient client) {
        apply(client, "RedisNodeSet", "all-defaults", "");

        RedisNodeSet set = client.resources(RedisNodeSet.class)
                .inNamespace("default")
                .withName("all-defaults")
                .get();
        assertThat(set.getSpec()).isEqualTo(RedisNodeSetSpec.ofNodes(3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    leaseDuration: 500ms                | leaseDuration must be from 1s to 10m
                    leaseDuration: 11m                  | leaseDuration must be from 1s to 10m
                    leaseDuration: fast                 | spec.leaseDuration in body should match
                    leaseDuration: 10                   | must be of type string
                    lockDelay: 1h                       | lockDelay must be at most 10m
                    maxHold: 0s                         | maxHold must be at least 1s; leave it out for no limit
                    mode: Follower                      | supported values: "Leader", "Mutex"
                    nodeSet: ""                         | spec.nodeSet in body should be at least 1 chars long
                    exposure: {readinessGate: false}    | must be of type string
                    exposure: {service: {ports: []}}    | should have at least 1 items
                    exposure: {service: {ports: [{port: 1}, {port: 2}]}} | several ports need a name each
                    exposure: {service: {ports: [{port: 0}]}} | should be greater than or equal to 1
                    {mode: Mutex, exposure: {readinessGate: Holder}} | exposure shows the holder of a lock of mode Leader
                    appHealth: {}                       | spec.appHealth.httpGet: Required value
                    """)
    void aBadLockIsRefusedWithWhatToDo(String spec, String message, KubernetesClient client) {
        assertThatThrownBy(() -> apply(client, "DistributedLock", "bad", spec)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nodes: 2                            | nodes must be 1, 3, 5, 7 or 9
                    nodes: 11                           | nodes must be 1, 3, 5, 7 or 9
                    maxLeaseDuration: 1h                | maxLeaseDuration must be from 1s to 10m
                    tls: true                           | must be of type string
                    external: {endpoints: [a:1, b:1]}   | list 1, 3, 5, 7 or 9 endpoints
                    storage: {size: big}                | size is an amount of bytes, such as 1Gi
                    resources: {limits: {memory: lots}} | write amounts such as 100m for cpu and 128Mi for memory
                    resources: {requests: {cpu: 1 core}} | write amounts such as 100m for cpu and 128Mi for memory
                    {storage: {size: 1Gi}, external: {endpoints: [a:1]}} | external nodes bring their own storage; remove storage
                    """)
    void aBadNodeSetIsRefusedWithWhatToDo(String spec, String message, KubernetesClient client) {
        assertThatThrownBy(() -> apply(client, "RedisNodeSet", "bad", spec)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nodes: 5                            | nodes never changes; make a new node set
                    maxLeaseDuration: 30s               | maxLeaseDuration never changes; make a new node set
                    storage: {size: 1Gi}                | storage never changes; make a new node set
                    tls: "On"                           | tls never changes
                    external: {endpoints: [a:1]}        | a node set is external or not for ever; make a new node set
                    """)
    void whatSafetyRestsOnNeverChanges(String spec, String message, KubernetesClient client) {
        apply(client, "RedisNodeSet", "unchanging", "");

        assertThatThrownBy(() -> apply(client, "RedisNodeSet", "unchanging", spec))
                .hasMessageContaining(message);
    }

    @Test
    void aLockKeepsItsNodeSet(KubernetesClient client) {
        apply(client, "DistributedLock", "keeps", "");

        assertThatThrownBy(() -> apply(client, "DistributedLock", "keeps", "nodeSet: other"))
                .hasMessageContaining("nodeSet never changes");
    }

    @Test
    void aLongNameIsRefused(KubernetesClient client) {
        assertThatThrownBy(() -> apply(client, "DistributedLock", "a".repeat(64), ""))
                .hasMessageContaining("use at most 63 lower-case letters");
        assertThatThrownBy(() -> apply(client, "DistributedLock", "a.b", ""))
                .hasMessageContaining("use at most 63 lower-case letters");
        assertThatThrownBy(() -> apply(client, "RedisNodeSet", "a".repeat(41), ""))
                .hasMessageContaining("use at most 40 lower-case letters");
    }

    private static void apply(KubernetesClient client, String kind, String name, String spec) {
        String text = """
                apiVersion: holdfast.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: default}
                spec: %s
                """.formatted(kind, name, spec.isEmpty() || spec.startsWith("{") ? spec : "{" + spec + "}");
        client.resource(Serialization.unmarshal(text, GenericKubernetesResource.class))
                .unlock()
                .createOr(NonDeletingOperation::update);
    }
}
