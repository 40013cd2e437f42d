package dev.holdfast.local.resources;

import java.util.Map;

/** The part of Kubernetes' object metadata that people write. */
public record Metadata(String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {
    public static final String DEFAULT_NAMESPACE = "default";

    public Metadata {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    public static Metadata named(String name) {
        return new Metadata(name, DEFAULT_NAMESPACE, Map.of(), Map.of());
    }
}
