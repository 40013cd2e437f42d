package dev.holdfast.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The checked-in CRDs. */
final class Crds {

    private static final List<Path> FILES = List.of(
            Path.of("../crds/distributedlocks.holdfast.dev-v1.yml"),
            Path.of("../crds/redisnodesets.holdfast.dev-v1.yml"));

    private Crds() {}

    static void apply(KubernetesClient client) {
        for (Path file : FILES) {
            try (InputStream text = Files.newInputStream(file)) {
                CustomResourceDefinition crd = client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .load(text)
                        .serverSideApply();
                client.resource(crd)
                        .waitUntilCondition(
                                it -> it != null
                                        && it.getStatus() != null
                                        && it.getStatus().getConditions() != null
                                        && it.getStatus().getConditions().stream()
                                                .anyMatch(condition -> condition
                                                                .getType()
                                                                .equals("Established")
                                                        && condition.getStatus().equals("True")),
                                10,
                                TimeUnit.SECONDS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
