package dev.holdfast.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An API server accepts the examples, and finds no field in them that it does not know. */
@ExtendWith(RealApiServer.class)
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../examples");

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void isAccepted(Path manifest, KubernetesClient client) throws IOException {
        TestNamespace namespace = TestNamespace.create(client);
        List<HasMetadata> objects;
        try (var text = Files.newInputStream(manifest)) {
            objects = client.load(text).items();
        }

        assertThat(objects).isNotEmpty();
        for (var object : objects) {
            assertThat(client.resource(object)
                            .inNamespace(namespace.name())
                            .fieldValidation(FieldValidateable.Validation.STRICT)
                            .create())
                    .isNotNull();
        }
    }
}
