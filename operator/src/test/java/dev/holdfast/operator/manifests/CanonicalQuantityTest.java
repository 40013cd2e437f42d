package dev.holdfast.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.operator.RealApiServer;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server itself is asked what it makes of each. */
@ExtendWith(RealApiServer.class)
class CanonicalQuantityTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1Gi",
                "1024Mi",
                "1536Mi",
                "0.5Gi",
                "1.5Gi",
                "1Ki",
                "1023Ki",
                "0.5Ki",
                "1048576",
                "1000M",
                "1500M",
                "1.5G",
                "1000000k",
                "100m",
                "1500m",
                "1e9",
                "12E8",
                "12e8",
                "5e10",
                "1.5e3",
                "1Ei",
                "2P",
                "999",
                "1000",
                "0.1Mi"
            })
    void isWhatTheApiServerWrites(String text, KubernetesClient client) {
        PersistentVolumeClaim claim = client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("quantity")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity(text))
                        .endResources()
                        .endSpec()
                        .build())
                .dryRun()
                .create();

        Quantity written = claim.getSpec().getResources().getRequests().get("storage");
        assertThat(CanonicalQuantity.of(text)).hasToString(String.valueOf(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "large", "1GB", "1 Gi", "--1"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> CanonicalQuantity.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
