package dev.holdfast.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page of reference is that of the checked-in definitions. */
class ResourcesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "resources.md");

    /** After a change of the definitions: {@code mvn -pl crds test -Dtest=ResourcesPageTest -Ddocs.update}. */
    @Test
    void thePageIsThatOfTheDefinitions() throws IOException {
        List<CustomResourceDefinition> definitions = new ArrayList<>();
        for (String name : List.of("distributedlocks", "redisnodesets")) {
            definitions.add(Serialization.unmarshal(
                    Files.readString(Path.of(name + ".holdfast.dev-v1.yml")), CustomResourceDefinition.class));
        }
        String generated = ResourcesPage.of(definitions);
        if (System.getProperty("docs.update") != null) {
            Files.writeString(PAGE, generated);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(generated);
    }

    @Test
    void everyFieldSaysWhatItMeans() throws IOException {
        assertThat(Files.readString(PAGE).lines().filter(line -> line.startsWith("| `")))
                .isNotEmpty()
                .allSatisfy(row ->
                        assertThat(row.split("\\|", -1)[4].strip()).as(row).isNotEmpty());
    }
}
