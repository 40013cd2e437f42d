package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of whole pods; the folders under {@code scenarios} are the table. */
class ScenariosTest {

    @ParameterizedTest
    @MethodSource("dev.holdfast.operator.webhook.Scenario#all")
    void podBecomesWhatTheFolderSays(Scenario scenario) {
        // Given
        JsonNode pod = scenario.pod();
        assertThat(scenario.strangeFiles()).isEmpty();

        // When
        JsonNode response = scenario.review(pod);

        // Then
        boolean allowed = response.path("allowed").asBoolean();
        Optional<String> denied = allowed
                ? Optional.empty()
                : Optional.of(response.path("status").path("message").asText());
        Optional<String> warnings = response.has("warnings")
                ? Optional.of(StreamSupport.stream(response.path("warnings").spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining("\n")))
                : Optional.empty();
        JsonNode outcome = Review.patched(pod, response);
        scenario.update("denied.txt", denied.map(text -> text + '\n'));
        scenario.update("warnings.txt", warnings.map(text -> text + '\n'));
        scenario.update(
                "expected.yaml", outcome.equals(pod) ? Optional.empty() : Optional.of(Scenario.asYaml(outcome)));
        assertThat(denied).isEqualTo(scenario.text("denied.txt"));
        assertThat(warnings).isEqualTo(scenario.text("warnings.txt"));
        assertThat(outcome).isEqualTo(scenario.has("expected.yaml") ? scenario.yaml("expected.yaml") : pod);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.operator.webhook.Scenario#injected")
    void secondCallChangesNothing(Scenario scenario) {
        // Given
        JsonNode injected = scenario.outcome();

        // When
        JsonNode response = scenario.review(injected);

        // Then
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(response.path("auditAnnotations").path("decision").asText()).isEqualTo("skip already-injected");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.operator.webhook.Scenario#injected")
    void nothingThatThePodHadIsLostOrMoved(Scenario scenario) {
        // Given
        JsonNode pod = scenario.pod();

        // When
        JsonNode patch = Review.patch(scenario.review(pod));

        // Then
        assertThat(patch).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.path("op").asText()).isEqualTo("add");
            String path = operation.path("path").asText();
            assertThat(path)
                    .satisfiesAnyOf(
                            _ -> assertThat(path).endsWith("/-"),
                            _ -> assertThat(path).isEqualTo("/spec/initContainers/0"),
                            _ -> assertThat(pod.at(path).isMissingNode()).isTrue());
        });
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.operator.webhook.Scenario#injected")
    void sidecarReadsWhatItIsGiven(Scenario scenario, @TempDir Path folder) throws Exception {
        // Given
        JsonNode pod = scenario.outcome();
        MountedSidecar sidecar = MountedSidecar.of(pod, scenario.locks(), folder);

        // When
        SidecarConfig config = SidecarConfig.read(sidecar.environment());

        // Then
        List<String> names = new ArrayList<>(List.of(pod.path("metadata")
                .path("annotations")
                .path("holdfast.dev/locks")
                .asText()
                .strip()
                .split("\\s*,\\s*")));
        assertThat(config.locks()).extracting(lock -> lock.lock().name()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(config.pod()).isEqualTo(MountedSidecar.POD);
        assertThat(config.port()).isEqualTo(4040);
        assertThat(config.healthPort()).isEqualTo(4041);
        assertThat(config.locks()).allSatisfy(lock -> assertReachable(lock, folder));
    }

    /** The credentials lie where the sidecar looks for them. */
    private static void assertReachable(LockConfig lock, Path folder) {
        var security = lock.nodeSet().security();
        assertThatCode(() -> security.credentials().get()).doesNotThrowAnyException();
        assertThat(security.certificateAuthority().stream().toList())
                .allSatisfy(file -> assertThat(file).exists().startsWith(folder));
    }
}
