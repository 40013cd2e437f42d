package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.operator.webhook.Injection.Inject;
import dev.holdfast.operator.webhook.Injection.Skip;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the scenarios' settings leave out. */
class InjectorTest {

    private static final ResourceRequirements RESOURCES = new ResourceRequirementsBuilder()
            .withLimits(Map.of("cpu", new Quantity("1")))
            .build();
    private static final GivenLocks LOCKS = new Scenario(Scenario.FOLDERS.resolve("bare-pod")).locks();
    private final Pod pod = new PodBuilder()
            .withNewMetadata()
            .addToLabels("holdfast.dev/inject", "true")
            .addToAnnotations("holdfast.dev/locks", "payments")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("till")
            .endContainer()
            .endSpec()
            .build();

    @Test
    void podsOfNamespacesThatAreNotWatchedAreLeftToOthers() {
        // Given
        Injector injector = new Injector(settings(Set.of("shop", "store")), LOCKS);

        // Then
        assertThat(injector.decide(pod, "shop")).isInstanceOf(Inject.class);
        assertThat(injector.decide(pod, "elsewhere")).isEqualTo(new Skip(Skip.Reason.NAMESPACE_NOT_WATCHED));
    }

    @Test
    void imagePullPolicyLogLevelAndResourcesAreTheSettings() {
        // When
        var container = SidecarContainer.of(
                new InjectionSettings("example.com/sidecar:7", "Always", "DEBUG", RESOURCES, Set.of()), Start.ALWAYS);

        // Then
        assertThat(container.getImage()).isEqualTo("example.com/sidecar:7");
        assertThat(container.getImagePullPolicy()).isEqualTo("Always");
        assertThat(container.getResources()).isEqualTo(RESOURCES);
        assertThat(container.getEnv()).contains(new EnvVar("HOLDFAST_LOG_LEVEL", "DEBUG", null));
    }

    private static InjectionSettings settings(Set<String> namespaces) {
        return new InjectionSettings(
                "sidecar", InjectionSettings.DEFAULT_PULL_POLICY, "", InjectionSettings.DEFAULT_RESOURCES, namespaces);
    }
}
