package dev.holdfast.local.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.crds.DistributedLockSpec.Mode;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceReaderTest {
    private static final String LOCK = """
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: payments
            """;
    private static final String SET = """
            apiVersion: holdfast.dev/v1alpha1
            kind: RedisNodeSet
            metadata:
              name: default
            """;

    @TempDir
    Path directory;

    @Test
    void fieldsLeftOutHaveTheirDefaults() throws Exception {
        var resources = read(LOCK);

        var lock = resources.locks().getFirst();
        assertThat(lock.metadata().namespace()).isEqualTo("default");
        assertThat(lock.spec().mode()).isEqualTo(Mode.Leader);
        assertThat(lock.spec().leaseDuration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(lock.spec().lockDelay()).isZero();
        assertThat(lock.spec().maxHold()).isNull();
        assertThat(resources.nodeSetOf(lock).spec().nodes()).isEqualTo(3);
        assertThat(resources.nodeSetOf(lock).spec().maxLeaseDuration()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void everyFieldIsRead() throws Exception {
        var resources = read(SET.replace("default", "big") + """
                spec:
                  nodes: 5
                  image: redis:8
                  maxLeaseDuration: 5m
                  storage: {size: 1Gi, storageClassName: fast}
                  resources: {requests: {cpu: 50m}, limits: {memory: 64Mi}}
                  tls: "On"
                  scheduling:
                    nodeSelector: {disk: ssd}
                    tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}]
                    spread: Required
                ---
                """ + LOCK + """
                spec:
                  mode: Leader
                  nodeSet: big
                  leaseDuration: 1m30s
                  lockDelay: 250ms
                  maxHold: 1h
                  exposure:
                    readinessGate: Holder
                    service: {name: web, ports: [{name: http, port: 80, targetPort: 8080}, {port: 81, targetPort: x}]}
                  appHealth: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 2, failureThreshold: 1}
                """);

        assertThat(resources.nodeSets().getFirst().spec().scheduling().tolerations())
                .hasSize(1);
        var spec = resources.locks().getFirst().spec();
        assertThat(spec.leaseDuration()).isEqualTo(Duration.ofSeconds(90));
        assertThat(spec.maxHold()).isEqualTo(Duration.ofHours(1));
        assertThat(spec.exposure().service())
                .isNotNull()
                .satisfies(service -> assertThat(service.ports())
                        .extracting("port", "targetPort")
                        .containsExactly(tuple(80, new IntOrString(8080)), tuple(81, new IntOrString("x"))));
        assertThat(spec.appHealth()).isNotNull();
    }

    @Test
    void theExampleIsValid() throws Exception {
        var resources = ResourceReader.read(List.of(Path.of("..", "examples", "leader-election", "lock.yaml")));

        assertThat(resources.locks()).extracting(lock -> lock.metadata().name()).containsExactly("payments");
    }

    /** The spec starts in line 6; "\n" stands for a line break. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "leaseDurations: 3s | f.yaml:6: unknown field \"leaseDurations\" in spec; known: mode, nodeSet, leaseDuration,",
                "leaseDuration: 3 seconds | f.yaml:6: spec.leaseDuration is \"3 seconds\", which is no duration; write",
                "leaseDuration: 3 | f.yaml:6: spec.leaseDuration is \"3\", which is no duration; write",
                "leaseDuration: 500ms | f.yaml:6: spec.leaseDuration is 500ms; write a duration from 1s to 10m",
                "leaseDuration: 11m | f.yaml:6: spec.leaseDuration is 11m; write a duration from 1s to 10m",
                "leaseDuration: 2m | f.yaml:6: spec.leaseDuration is 2m, above maxLeaseDuration 1m of RedisNodeSet \"default\"",
                "leaseDuration: [3s] | f.yaml:6: spec.leaseDuration is a sequence; write a single value",
                "mode: Leader\\n  mode: Mutex | f.yaml:7: field \"mode\" appears twice in spec; keep one of them",
                "mode: leader | f.yaml:6: spec.mode is \"leader\"; write one of Leader, Mutex",
                "maxHold: 0s | f.yaml:6: spec.maxHold is 0s; write at least 1s",
                "lockDelay: 1h | f.yaml:6: spec.lockDelay is 1h; write at most 10m",
                "mode: Mutex\\n  exposure: {readinessGate: Holder} | f.yaml:7: spec.exposure shows the holder of a lock of mode L",
                "mode: Mutex\\n  appHealth: {httpGet: {path: /, port: 1}} | f.yaml:7: spec.appHealth decides who campaigns for a",
                "nodeSet: other | f.yaml:6: spec.nodeSet is \"other\", but no file given declares that RedisNodeSet; add it",
                "nodeSet: 5 | f.yaml:6: spec.nodeSet: YAML reads 5 without quotes as no text; write \"5\" in quotes",
                "exposure: {readinessGate: Off} | f.yaml:6: spec.exposure.readinessGate: YAML reads Off without quotes as a boo",
                "exposure: {service: {}} | f.yaml:6: spec.exposure.service.ports is empty; name at least one port",
                "appHealth: {periodSeconds: 5} | f.yaml:6: spec.appHealth.httpGet is missing; give its path and port",
                "appHealth: {httpGet: {path: /, port: 0}} | f.yaml:6: spec.appHealth.httpGet.port is 0; write a number from 1",
                "mode: [ | f.yaml:7: no valid YAML: ",
            })
    void aWrongLockIsOneClearLine(String field, String complaint) {
        assertThatThrownBy(() -> read(LOCK + "spec:\n  " + field.replace("\\n", "\n") + "\n"))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith(complaint)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nodes: 2 | f.yaml:6: spec.nodes is 2; write 1, 3, 5, 7 or 9",
                "nodes: three | f.yaml:6: spec.nodes is \"three\"; write a whole number",
                "nodes: \"3\" | f.yaml:6: spec.nodes is \"3\"; write a whole number",
                "tls: On | f.yaml:6: spec.tls: YAML reads On without quotes as a boolean; write \"On\" in quotes",
                "maxLeaseDuration: 1h | f.yaml:6: spec.maxLeaseDuration is out of range; write a duration from 1s to 10m",
                "storage: {} | f.yaml:6: spec.storage.size is missing; write for example 1Gi",
                "external: {endpoints: [a:1, b:2]} | f.yaml:6: spec.external.endpoints has 2 entries; list 1, 3, 5, 7 or 9",
            })
    void aWrongNodeSetIsOneClearLine(String field, String complaint) {
        assertThatThrownBy(() -> read(SET + "spec:\n  " + field + "\n---\n" + LOCK))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith(complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kind: DistributedLock | kind: Lock | f.yaml:2: unknown kind \"Lock\"; write DistributedLock or RedisNodeSet",
                "kind: DistributedLock | a: 1 | f.yaml:2: unknown field \"a\" in the document; known: apiVersion, kind,",
                "v1alpha1 | v1 | f.yaml:1: apiVersion is \"holdfast.dev/v1\"; write holdfast.dev/v1alpha1",
                "name: payments | labels: {a: b} | f.yaml:4: metadata.name is missing; give the resource a name",
                "name: payments | name: Payments | f.yaml:4: metadata.name is \"Payments\"; use at most 63 lower-case letters,",
            })
    void aWrongDocumentIsOneClearLine(String part, String replacement, String complaint) {
        assertThatThrownBy(() -> read(LOCK.replace(part, replacement)))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith(complaint);
    }

    @Test
    void aNameIsGivenOnce() {
        assertThatThrownBy(() -> read(LOCK + "---\n" + LOCK))
                .hasMessage("f.yaml:9: a second DistributedLock named \"payments\"; remove or rename one of them");
    }

    @Test
    void aFileWithoutLocksIsRefused() {
        assertThatThrownBy(() -> read(SET)).hasMessageEndingWith("f.yaml: declares no DistributedLock; add one");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ResourceReader.read(List.of(directory.resolve("none.yaml"))))
                .hasMessageEndingWith("none.yaml: no such file; name an existing one with -f");
    }

    private Resources read(String text) throws InvalidResource, IOException {
        return ResourceReader.read(List.of(Files.writeString(directory.resolve("f.yaml"), text)));
    }
}
