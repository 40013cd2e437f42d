package dev.holdfast.operator;

import static dev.holdfast.operator.TestNamespace.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Passwords and certificates of a node set on a real API server; the test plays the pods' part. */
@ExtendWith(RealApiServer.class)
class NodeSecretsChangeTest {

    private static final String CREDENTIALS = "holdfast-default-credentials";
    private static final String ACCESS = "holdfast-default-access";
    private static final String TLS = "holdfast-default-tls";

    private TestNamespace namespace;
    private Loops loops;

    @BeforeEach
    void start(ApiServer server) {
        namespace = TestNamespace.create(server.client());
        loops = Loops.start(server, namespace);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    private void bringUp(String spec) {
        namespace.createNodeSet("default", spec);
        namespace.bringUpNodes();
        namespace.awaitNodeSet("default", "UpToDate", "AllReplaced");
    }

    private String text(String secret, String key) {
        Secret found = namespace.secret(secret);
        String encoded = found == null ? null : found.getData().get(key);
        return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private void rotate(String request) {
        namespace
                .client()
                .resource(namespace.nodeSet("default"))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"holdfast.dev/rotate-credentials\":\"" + request + "\"}}}");
    }

    private Set<String> templates() {
        return namespace.list(StatefulSet.class).stream()
                .map(set -> set.getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations()
                        .getOrDefault("holdfast.dev/configuration", ""))
                .collect(Collectors.toSet());
    }

    private String awaitOtherTemplates(Set<String> than) {
        await().atMost(SOON)
                .until(() -> templates().size() == 1 && templates().stream().noneMatch(than::contains));
        return templates().iterator().next();
    }

    /** As Redis pods of the present template would. */
    private void replaceNodes() {
        for (StatefulSet node : namespace.list(StatefulSet.class)) {
            namespace.makeReady(node.getMetadata().getName());
        }
    }

    private List<String> events() {
        return namespace.list(Event.class).stream()
                .filter(event -> event.getInvolvedObject().getKind().equals(RedisNodeSet.KIND))
                .map(Event::getReason)
                .filter(reason -> reason.startsWith("Password"))
                .toList();
    }

    @Test
    void aPasswordChangesInThreeSteps() {
        bringUp("{}");
        String old = text(CREDENTIALS, "password");
        Set<String> before = templates();
        loops.nodes.acceptNext = false;

        rotate("monday");

        String both = awaitOtherTemplates(before);
        assertThat(text(CREDENTIALS, "password")).isEqualTo(old);
        assertThat(text(ACCESS, "users.acl")).containsPattern("holdfast on #[0-9a-f]{64} #[0-9a-f]{64} ");
        replaceNodes();
        namespace.awaitNodeSet("default", "UpToDate", "ChangingPassword");
        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> text(CREDENTIALS, "password").equals(old));

        loops.nodes.acceptNext = true;

        await().atMost(SOON).until(() -> !text(CREDENTIALS, "password").equals(old));
        String next = text(CREDENTIALS, "password");
        assertThat(text(ACCESS, "other-password")).isIn(old, "");
        awaitOtherTemplates(Set.of(both));
        assertThat(text(ACCESS, "users.acl")).containsPattern("holdfast on #[0-9a-f]{64} resetchannels ");
        assertThat(text(ACCESS, "password")).isEqualTo(next);
        assertThat(text(CREDENTIALS, "password")).isEqualTo(next);
        replaceNodes();
        namespace.awaitNodeSet("default", "UpToDate", "AllReplaced");
        assertThat(events()).containsExactlyInAnyOrder("PasswordChanging", "PasswordTold", "PasswordChanged");
    }

    @Test
    void aSecondRequestTakesAsLong() {
        bringUp("{}");
        Set<String> templates = templates();
        for (String request : List.of("monday", "tuesday")) {
            String old = text(CREDENTIALS, "password");
            rotate(request);
            String both = awaitOtherTemplates(templates);
            assertThat(text(ACCESS, "users.acl")).containsPattern("holdfast on #[0-9a-f]{64} #[0-9a-f]{64} ");
            replaceNodes();
            await().atMost(SOON).until(() -> !text(CREDENTIALS, "password").equals(old));
            long told = System.nanoTime();
            templates = Set.of(awaitOtherTemplates(Set.of(both)));
            assertThat(Duration.ofNanos(System.nanoTime() - told))
                    .isGreaterThan(Loops.SECRETS_ARRIVE_WITHIN.minusSeconds(3));
            replaceNodes();
            namespace.awaitNodeSet("default", "UpToDate", "AllReplaced");
        }
    }

    @Test
    void whatIsLostWhileSidecarsAreToldIsHeldBack() {
        bringUp("{}");
        Set<String> before = templates();
        rotate("monday");
        awaitOtherTemplates(before);
        replaceNodes();
        await().atMost(SOON).until(() -> !text(CREDENTIALS, "told-since").isEmpty());
        String next = text(CREDENTIALS, "password");

        namespace
                .client()
                .resource(Objects.requireNonNull(namespace.secret(ACCESS)))
                .delete();

        await().atMost(SOON).until(() -> text(ACCESS, "password").equals(next));
        for (StatefulSet node : namespace.list(StatefulSet.class)) {
            namespace.makeOutdated(node.getMetadata().getName());
        }
        await().atMost(SOON)
                .until(() -> namespace
                        .nodeSetCondition("default", "UpToDate")
                        .getMessage()
                        .contains("told the nodes' new secrets"));
    }

    @Test
    void aRequestIsAnsweredOnce(ApiServer server) {
        bringUp("{}");
        Set<String> before = templates();
        rotate("monday");
        awaitOtherTemplates(before);
        replaceNodes();
        await().atMost(SOON).until(() -> events().contains("PasswordChanged"));
        replaceNodes();
        namespace.awaitNodeSet("default", "UpToDate", "AllReplaced");
        Set<String> after = templates();
        String password = text(CREDENTIALS, "password");

        loops.close();
        loops = Loops.start(server, namespace, loops.nodes);

        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> templates().equals(after)
                        && text(CREDENTIALS, "password").equals(password));
    }

    @Test
    void nodesSpeakTlsByTheOperatorsOwnCa() {
        bringUp("{tls: \"On\"}");

        assertThat(Objects.requireNonNull(namespace.secret(TLS)).getData())
                .containsOnlyKeys("ca.crt", "ca.key", "tls.crt", "tls.key");
        assertThat(text(CREDENTIALS, "ca.crt")).isNotEmpty().isEqualTo(text(TLS, "ca.crt"));
        assertThat(Objects.requireNonNull(namespace
                                .client()
                                .configMaps()
                                .inNamespace(namespace.name())
                                .withName("holdfast-default-redis")
                                .get())
                        .getData()
                        .get("redis.conf"))
                .contains("port 0\n", "tls-port 6379\n", "tls-auth-clients no\n");
        assertThat(mountedKeys()).contains("tls.key").doesNotContain("ca.key", "password");
    }

    private List<String> mountedKeys() {
        return namespace.list(StatefulSet.class).stream()
                .flatMap(set -> set.getSpec().getTemplate().getSpec().getVolumes().stream())
                .filter(volume -> volume.getProjected() != null)
                .flatMap(volume -> volume.getProjected().getSources().stream())
                .filter(source -> source.getSecret() != null)
                .flatMap(source -> source.getSecret().getItems().stream())
                .map(item -> item.getKey())
                .toList();
    }

    @Test
    void aNewCaIsTrustedBeforeANodePresentsWhatItSigned() {
        bringUp("{tls: \"On\"}");
        String authorities = text(TLS, "ca.crt");
        Set<String> before = templates();

        namespace
                .client()
                .resource(Objects.requireNonNull(namespace.secret(TLS)))
                .delete();

        await().atMost(SOON).until(() -> text(CREDENTIALS, "ca.crt").length() > authorities.length());
        assertThat(text(CREDENTIALS, "ca.crt")).endsWith(authorities);
        awaitOtherTemplates(before);
        for (StatefulSet node : namespace.list(StatefulSet.class)) {
            namespace.makeOutdated(node.getMetadata().getName());
        }
        await().atMost(SOON)
                .until(() -> namespace
                        .nodeSetCondition("default", "UpToDate")
                        .getMessage()
                        .contains("told the nodes' new secrets"));
        // Without pods none can be replaced, but it is said which would be.
        await().atMost(SOON)
                .until(() -> namespace
                        .nodeSetCondition("default", "UpToDate")
                        .getMessage()
                        .contains("holdfast-default-0 is being replaced"));
    }
}
