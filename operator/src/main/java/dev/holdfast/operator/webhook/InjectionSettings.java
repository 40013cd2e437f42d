package dev.holdfast.operator.webhook;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import java.util.Set;

/**
 * What the operator was told about injection.
 *
 * @param sidecarImage the image of the container that is added
 * @param pullPolicy its {@code imagePullPolicy}
 * @param logLevel its {@code HOLDFAST_LOG_LEVEL}; empty: its own default
 * @param resources what it is given, and may not exceed
 * @param namespaces whose pods are served; all when empty
 */
public record InjectionSettings(
        String sidecarImage,
        String pullPolicy,
        String logLevel,
        ResourceRequirements resources,
        Set<String> namespaces) {
    public static final String DEFAULT_PULL_POLICY = "IfNotPresent";
    public static final ResourceRequirements DEFAULT_RESOURCES = new ResourceRequirementsBuilder()
            .withRequests(Map.of("cpu", new Quantity("10m"), "memory", new Quantity("96Mi")))
            .withLimits(Map.of("memory", new Quantity("160Mi")))
            .build();

    public InjectionSettings {
        if (sidecarImage.isBlank()) {
            throw new IllegalArgumentException("the sidecar's image is not set");
        }
        namespaces = Set.copyOf(namespaces);
    }

    boolean serves(String namespace) {
        return namespaces.isEmpty() || namespaces.contains(namespace);
    }
}
