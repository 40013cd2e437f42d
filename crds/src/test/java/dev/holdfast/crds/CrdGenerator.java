package dev.holdfast.crds;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The CRDs, made from the types; what the generator cannot say is added here. */
final class CrdGenerator {

    private static final String HEADER = "# Made from the types in crds/src/main/java; see CrdsTest.\n";

    private static final List<String> COLUMNS =
            List.of("Mode", "Holder", "Token", "Since", "Candidates", "Nodes", "Voting", "Quorum", "Ready", "Age");

    private static final Map<String, Optional<Duration>> DURATIONS = Map.of(
            "leaseDuration",
            Optional.of(DistributedLockSpec.DEFAULT_LEASE),
            "lockDelay",
            Optional.of(Duration.ZERO),
            "maxHold",
            Optional.empty(),
            "maxLeaseDuration",
            Optional.of(RedisNodeSetSpec.DEFAULT_MAX_LEASE));

    private CrdGenerator() {}

    /** File names and their texts. */
    static Map<String, String> generate(Path scratch) throws IOException {
        List<Class<? extends CustomResource<?, ?>>> kinds = List.of(DistributedLock.class, RedisNodeSet.class);
        var generator = new CRDGenerator().inOutputDir(scratch.toFile()).forCRDVersions("v1");
        kinds.forEach(generator::customResourceClasses);
        generator.detailedGenerate();
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> made = Files.list(scratch)) {
            for (Path file : made.toList()) {
                var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
                crd.getSpec().getVersions().forEach(version -> {
                    complete(version.getSchema().getOpenAPIV3Schema());
                    version.setAdditionalPrinterColumns(version.getAdditionalPrinterColumns().stream()
                            .sorted(Comparator.comparingInt(column -> COLUMNS.indexOf(column.getName())))
                            .toList());
                });
                String name = crd.getMetadata().getName() + "-v1.yml";
                files.put(name, HEADER + Serialization.asYaml(crd));
            }
        }
        return files;
    }

    private static void complete(JSONSchemaProps root) {
        // So that a resource without a spec has all its defaults.
        JSONSchemaProps spec = property(root, "spec");
        spec.setDefault(JsonNodeFactory.instance.objectNode());
        spec.setDescription("What is wanted; every field has a default.");
        JSONSchemaProps status = property(root, "status");
        status.setDescription("What is; written by the operator on transitions.");
        JSONSchemaProps conditions = property(status, "conditions");
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        conditions
                .getItems()
                .getSchema()
                .setRequired(List.of("type", "status", "lastTransitionTime", "reason", "message"));
        limitMaps(spec);
        DURATIONS.forEach((name, otherwise) -> {
            JSONSchemaProps duration = spec.getProperties().get(name);
            if (duration != null) {
                describeDuration(duration, otherwise);
            }
        });
        describeIntegers(root);
        ruleOnce(root);
    }

    /** The generator takes durations for numbers. */
    private static void describeDuration(JSONSchemaProps duration, Optional<Duration> otherwise) {
        duration.setPattern(DurationField.PATTERN);
        duration.setMinLength(2L);
        duration.setMaxLength(24L);
        otherwise.ifPresent(value -> duration.setDefault(new TextNode(DurationText.format(value))));
    }

    /** A record's component carries its annotations twice: on the field and on the accessor. */
    private static void ruleOnce(JSONSchemaProps schema) {
        if (schema.getXKubernetesValidations() != null) {
            schema.setXKubernetesValidations(List.copyOf(new LinkedHashSet<>(schema.getXKubernetesValidations())));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CrdGenerator::ruleOnce);
        }
    }

    private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    /** The server reckons what a rule may cost; without a bound it refuses. */
    private static void limitMaps(JSONSchemaProps schema) {
        if (schema.getAdditionalProperties() != null && schema.getMaxProperties() == null) {
            schema.setMaxProperties(50L);
            schema.getAdditionalProperties().getSchema().setMaxLength(253L);
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CrdGenerator::limitMaps);
        }
    }

    private static void describeIntegers(JSONSchemaProps schema) {
        if ("integer".equals(schema.getType()) && schema.getFormat() == null) {
            schema.setFormat("int64");
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CrdGenerator::describeIntegers);
        }
        if (schema.getItems() != null && schema.getItems().getSchema() != null) {
            describeIntegers(schema.getItems().getSchema());
        }
    }
}
