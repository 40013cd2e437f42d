package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guides say what the code says, and what they show to be applied can be. */
class GuidesTest {

    private static final Path GUIDES = Path.of("../docs/how-to");
    private static final Path RECONCILERS = Path.of("src/main/java/dev/holdfast/operator/reconcile");
    private static final Pattern WORD = Pattern.compile("\"([A-Z][a-z]+(?:[A-Z][a-z]+)*)\"");

    /** Words that the loops use and do not tell as a condition, a reason or an Event. */
    private static final Set<String> OTHERS = Set.of(
            // kinds of objects
            "ConfigMap",
            "EndpointSlice",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "RedisNodeSet",
            "RoleBinding",
            "Secret",
            "Service",
            "StatefulSet",
            // of conditions and Events in general
            "True",
            "False",
            "Normal",
            "Warning",
            // kinds and settings of workloads
            "ReplicaSet",
            "Recreate",
            "Parallel",
            "OnDelete",
            "WhenHeld",
            "ContainersReady",
            "ReadinessGatesNotReady",
            // phases of pods
            "Failed",
            "Succeeded");

    @Test
    void theOperationsGuideNamesEveryConditionReasonAndEvent() throws IOException {
        Set<String> told = new TreeSet<>();
        try (Stream<Path> files = Files.list(RECONCILERS)) {
            for (Path file : files.toList()) {
                WORD.matcher(Files.readString(file)).results().forEach(word -> told.add(word.group(1)));
            }
        }
        told.removeAll(OTHERS);

        assertThat(named()).containsAll(told);
        assertThat(told).hasSizeGreaterThan(30);
    }

    /** And none that nobody tells any more. */
    @Test
    void theOperationsGuideNamesNoReasonThatIsGone() throws IOException {
        StringBuilder code = new StringBuilder();
        try (Stream<Path> files = Files.list(RECONCILERS)) {
            for (Path file : files.toList()) {
                code.append(Files.readString(file));
            }
        }
        Set<String> elsewhere = Set.of("Unreachable", "Quarantined", "Recreate");

        assertThat(named())
                .filteredOn(name -> !elsewhere.contains(name))
                .allSatisfy(name -> assertThat(code).contains('"' + name + '"'));
    }

    /** In quotes for code, and written like a reason; but for the foot, which names tests. */
    private static Set<String> named() throws IOException {
        String page = Files.readString(GUIDES.resolve("operate.md"));
        return Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`")
                .matcher(page.substring(0, page.lastIndexOf("\n---\n")))
                .results()
                .map(word -> word.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ExtendWith(RealApiServer.class)
    @ParameterizedTest
    @ValueSource(strings = {"external-redis", "storage-or-memory", "upgrade-redis", "number-of-nodes", "use-tls"})
    void whatAGuideShowsIsAccepted(String guide, KubernetesClient client) throws IOException {
        TestNamespace namespace = TestNamespace.create(client);
        String text = Files.readString(GUIDES.resolve(guide + ".md"));

        var blocks = Pattern.compile("(?s)```yaml\\n(.*?)```")
                .matcher(text)
                .results()
                .toList();
        assertThat(blocks).isNotEmpty();
        for (var block : blocks) {
            assertThat(client.load(new ByteArrayInputStream(block.group(1).getBytes(StandardCharsets.UTF_8)))
                            .inNamespace(namespace.name())
                            .serverSideApply())
                    .isNotEmpty();
        }
    }
}
