package dev.holdfast.operator.webhook;

import java.util.Set;

/**
 * What the operator was told about injection.
 *
 * @param sidecarImage the image of the container that is added
 * @param pullPolicy its {@code imagePullPolicy}
 * @param logLevel its {@code HOLDFAST_LOG_LEVEL}; empty: its own default
 * @param namespaces whose pods are served; all when empty
 */
public record InjectionSettings(String sidecarImage, String pullPolicy, String logLevel, Set<String> namespaces) {
    public static final String DEFAULT_PULL_POLICY = "IfNotPresent";

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
