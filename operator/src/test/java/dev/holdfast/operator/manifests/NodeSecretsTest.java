package dev.holdfast.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.operator.manifests.NodeSecrets.Tls;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeSecretsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Map<String, String> TEXTS =
            Map.of("ca.crt", "authorities", "ca.key", "secret", "tls.crt", "chain", "tls.key", "private");

    private final RedisAccess steady = RedisAccess.create();
    private final RedisAccess introducing = steady.next("monday", true, NOW, Duration.ZERO);
    private final RedisAccess retiring = introducing.next("monday", true, NOW, Duration.ofDays(1));

    private static List<Secret> secrets(RedisAccess access, Optional<Tls> tls) {
        RedisNodeSet set = new RedisNodeSet();
        set.setMetadata(new ObjectMetaBuilder()
                .withName("default")
                .withNamespace("shop")
                .build());
        set.setSpec(RedisNodeSetSpec.ofNodes(3));
        return new NodeSecrets(access, tls).secrets(set);
    }

    private static Secret named(List<Secret> secrets, String name) {
        return secrets.stream()
                .filter(secret -> secret.getMetadata().getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void theAccessListKnowsHowFarAChangeIs() {
        for (RedisAccess access : List.of(steady, introducing, retiring)) {
            Secret stored = named(secrets(access, Optional.empty()), "holdfast-default-access");
            assertThat(NodeSecrets.access(stored)).hasValue(access);
        }
    }

    /** So that the loss of the other Secret never loses the password that nodes accept. */
    @Test
    void theCredentialsAloneKnowAPasswordThatServes() {
        for (RedisAccess access : List.of(steady, introducing, retiring)) {
            Secret stored = named(secrets(access, Optional.empty()), "holdfast-default-credentials");
            RedisAccess known = NodeSecrets.access(stored).orElseThrow();
            assertThat(known.password()).isEqualTo(access.password());
            assertThat(known.phase()).isEqualTo(RedisAccess.Phase.STEADY);
        }
    }

    @Test
    void aChangeWhoseStateIsLostBeginsAnewUnlessSidecarsWereTold() {
        Secret lostBefore = named(secrets(introducing, Optional.empty()), "holdfast-default-credentials");
        assertThat(NodeSecrets.access(lostBefore).orElseThrow().rotation()).isEmpty();
        Secret lostAfter = named(secrets(retiring, Optional.empty()), "holdfast-default-credentials");
        assertThat(NodeSecrets.access(lostAfter).orElseThrow().rotation()).isEqualTo("monday");
    }

    @Test
    void sidecarsAreToldTheAuthoritiesAndNoKey() {
        List<Secret> secrets = secrets(steady, Optional.of(new Tls(TEXTS, NOW)));

        Secret credentials = named(secrets, "holdfast-default-credentials");
        assertThat(credentials.getData()).containsOnlyKeys("username", "password", "rotation", "ca.crt");
        assertThat(NodeSecrets.value(credentials, "ca.crt")).isEqualTo("authorities");
        Tls read = NodeSecrets.tls(named(secrets, "holdfast-default-tls"));
        assertThat(read).isEqualTo(new Tls(TEXTS, NOW));
        assertThat(read.toString()).doesNotContain("private").doesNotContain("secret");
    }

    @Test
    void whatNodesLoadHasAFingerprint() {
        String before = new NodeSecrets(steady, Optional.empty()).fingerprint();
        assertThat(new NodeSecrets(introducing, Optional.empty()).fingerprint()).isNotEqualTo(before);
        assertThat(new NodeSecrets(retiring, Optional.empty()).fingerprint())
                .isEqualTo(new NodeSecrets(introducing, Optional.empty()).fingerprint());
        assertThat(new NodeSecrets(steady, Optional.of(new Tls(TEXTS, NOW))).fingerprint())
                .isNotEqualTo(before);
    }
}
