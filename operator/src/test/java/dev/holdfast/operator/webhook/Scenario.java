package dev.holdfast.operator.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder: {@code pod.yaml} is created where {@code locks.yaml} exists, and becomes {@code expected.yaml}, is denied with
 * {@code denied.txt}, or is created as it is when there is neither. {@code warnings.txt} is what its creator reads.
 */
record Scenario(Path folder) {
    static final Path FOLDERS = Path.of("src/test/resources/dev/holdfast/operator/webhook/scenarios");
    static final String NAMESPACE = "shop";
    static final InjectionSettings SETTINGS = new InjectionSettings(
            "ghcr.io/holdfast-dev/sidecar:test",
            InjectionSettings.DEFAULT_PULL_POLICY,
            "",
            InjectionSettings.DEFAULT_RESOURCES,
            Set.of());
    /** With {@code -Dgolden.update} what comes out is written down instead of compared; read the difference. */
    private static final boolean UPDATE = System.getProperty("golden.update") != null;

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Set<String> FILES =
            Set.of("pod.yaml", "locks.yaml", "expected.yaml", "denied.txt", "warnings.txt");

    static Stream<Scenario> all() {
        return list(FOLDERS).map(Scenario::new);
    }

    /** Those whose pods get the sidecar. */
    static Stream<Scenario> injected() {
        return all().filter(scenario -> scenario.has("expected.yaml"));
    }

    List<Path> strangeFiles() {
        return list(folder)
                .filter(file -> !FILES.contains(Objects.toString(file.getFileName())))
                .toList();
    }

    JsonNode pod() {
        return yaml("pod.yaml");
    }

    GivenLocks locks() {
        return GivenLocks.parse(read("locks.yaml"));
    }

    boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    AdmissionHandler handler() {
        return new AdmissionHandler(SETTINGS, locks(), (_, _) -> {});
    }

    /** The webhook's response about a pod. */
    JsonNode review(JsonNode pod) {
        return Review.response(
                handler().handle(Review.bytes(Review.of(pod, NAMESPACE))).body());
    }

    /** What the webhook makes of this scenario's pod. */
    JsonNode outcome() {
        return Review.patched(pod(), review(pod()));
    }

    JsonNode yaml(String file) {
        return new ObjectMapper().valueToTree(YAML.unmarshal(read(file), Object.class));
    }

    Optional<String> text(String file) {
        return has(file) ? Optional.of(read(file).strip()) : Optional.empty();
    }

    /** Writes down what came out, if asked to. */
    void update(String file, Optional<String> content) {
        if (!UPDATE) {
            return;
        }
        try {
            if (content.isPresent()) {
                Files.writeString(folder.resolve(file), content.get());
            } else {
                Files.deleteIfExists(folder.resolve(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String asYaml(JsonNode node) {
        return YAML.asYaml(node);
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return Objects.toString(folder.getFileName());
    }
}
