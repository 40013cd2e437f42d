package dev.holdfast.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetSpec.Resources;
import dev.holdfast.crds.RedisNodeSetSpec.Scheduling;
import dev.holdfast.crds.RedisNodeSetSpec.Storage;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.certificates.NodeCertificates;
import dev.holdfast.operator.manifests.NodeSecrets;
import dev.holdfast.operator.manifests.RedisAccess;
import dev.holdfast.operator.manifests.RedisNodeManifests;
import dev.holdfast.operator.nodes.Nodes.Credentials;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's own configuration, access list and certificates on real servers, and what it does to them. */
@Timeout(120)
class RedisNodesTest {

    private static final Duration QUARANTINE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String USER = "holdfast";

    static Stream<Path> servers() throws Exception {
        return ConfiguredRedis.executables();
    }

    private static RedisNodeSet set(Tls tls, Optional<External> external) {
        return set(tls, external, QUARANTINE, null);
    }

    private static RedisNodeSet set(
            Tls tls, Optional<External> external, Duration quarantine, @Nullable Storage storage) {
        RedisNodeSet set = new RedisNodeSet();
        set.setMetadata(new ObjectMetaBuilder()
                .withName("default")
                .withNamespace("shop")
                .withUid(UUID.randomUUID().toString())
                .build());
        set.setSpec(new RedisNodeSetSpec(
                1,
                RedisNodeSetSpec.DEFAULT_IMAGE,
                List.of(),
                quarantine,
                storage,
                Resources.NONE,
                tls,
                Scheduling.NONE,
                external.orElse(null)));
        return set;
    }

    /** The same set as its nodes are reached here. */
    private static RedisNodeSet reached(Tls tls, ConfiguredRedis node) {
        return set(tls, Optional.of(new External(List.of("localhost:" + node.port()), null, tls)));
    }

    /** What the pod of a node would have mounted. */
    private static Map<String, String> files(RedisNodeSet set, NodeSecrets secrets) {
        Map<String, String> files = new HashMap<>(
                new RedisNodeManifests(set, secrets).configuration().getData());
        for (Secret secret : secrets.secrets(set)) {
            for (String key : List.of("users.acl", "ca.crt", "tls.crt", "tls.key")) {
                if (secret.getData().containsKey(key)) {
                    files.put(key, NodeSecrets.value(secret, key));
                }
            }
        }
        return files;
    }

    private static NodeSecrets secrets(RedisAccess access, Tls tls) {
        return new NodeSecrets(
                access,
                tls == Tls.Off
                        ? Optional.empty()
                        : Optional.of(new NodeSecrets.Tls(
                                NodeCertificates.current(Map.of(), "", List.of("localhost"), Instant.now()),
                                Instant.EPOCH)));
    }

    private static Credentials credentials(NodeSecrets secrets, String password) {
        return new Credentials(
                USER, password, secrets.tls().map(NodeSecrets.Tls::authorities).orElse(""));
    }

    private static Node look(RedisNodes nodes, RedisNodeSet set, Credentials credentials) {
        return nodes.look(set, Optional.of(credentials)).getFirst();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void nodesRunWithWhatTheOperatorGivesThem(Path server) throws Exception {
        for (Tls tls : Tls.values()) {
            RedisAccess access = RedisAccess.create();
            NodeSecrets secrets = secrets(access, tls);
            Credentials login = credentials(secrets, access.password());
            try (ConfiguredRedis node = new ConfiguredRedis(server, files(set(tls, Optional.empty()), secrets));
                    RedisNodes nodes = new RedisNodes()) {
                RedisNodeSet set = reached(tls, node);
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(look(nodes, set, login).state())
                                .as(node.log())
                                .isEqualTo(State.Quarantined));

                assertThat(nodes.admitFresh(set, Optional.of(login))).isEmpty();

                assertThat(look(nodes, set, login).state()).isEqualTo(State.Voting);
                Node refused = look(nodes, set, credentials(secrets, "wrong"));
                assertThat(refused.state()).isEqualTo(State.Unreachable);
                assertThat(refused.reason()).doesNotContain("wrong");
                assertThat(nodes.admitFresh(set, Optional.of(login)).orElse("")).contains("it has been a node before");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void bothPasswordsServeWhileOneReplacesTheOther(Path server) throws Exception {
        RedisAccess before = RedisAccess.create();
        RedisAccess introducing = before.next("monday", false, Instant.now(), Duration.ZERO);
        RedisAccess retiring = introducing.next("monday", true, Instant.now(), Duration.ZERO);
        RedisAccess after = retiring.next("monday", true, Instant.now(), Duration.ZERO);
        RedisNodeSet managed = set(Tls.Off, Optional.empty());
        NodeSecrets first = secrets(before, Tls.Off);
        Credentials old = credentials(first, before.password());
        Credentials next = credentials(first, after.password());
        try (ConfiguredRedis node = new ConfiguredRedis(server, files(managed, first));
                RedisNodes nodes = new RedisNodes()) {
            RedisNodeSet set = reached(Tls.Off, node);
            await().atMost(SOON).until(() -> nodes.allAccept(set, old));
            assertThat(nodes.allAccept(set, next)).isFalse();

            node.replace(files(managed, secrets(introducing, Tls.Off)));

            await().atMost(SOON).until(() -> nodes.allAccept(set, old));
            assertThat(nodes.allAccept(set, next)).isTrue();

            node.replace(files(managed, secrets(after, Tls.Off)));

            await().atMost(SOON).until(() -> nodes.allAccept(set, next));
            assertThat(nodes.allAccept(set, old)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aNodeThatForgotVotesAgainWithoutAnySidecar(Path server) throws Exception {
        RedisAccess access = RedisAccess.create();
        NodeSecrets secrets = secrets(access, Tls.On);
        Optional<Credentials> login = Optional.of(credentials(secrets, access.password()));
        Map<String, String> files = files(set(Tls.On, Optional.empty()), secrets);
        try (ConfiguredRedis node = new ConfiguredRedis(server, files);
                RedisNodes nodes = new RedisNodes()) {
            RedisNodeSet set = reached(Tls.On, node);
            await().atMost(SOON).until(() -> nodes.admitFresh(set, login).isEmpty());

            node.replace(files);

            await().atMost(SOON).until(() -> look(nodes, set, login.get()).state() == State.Quarantined);
            long began = System.nanoTime();
            nodes.care(set, login);
            await().atMost(SOON).until(() -> look(nodes, set, login.get()).state() == State.Voting);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(QUARANTINE);
        }
    }

    /** Its append-only file has transactions, which Redis reads back with the rights of its default user. */
    @ParameterizedTest
    @MethodSource("servers")
    void aNodeWithStorageRemembersEverythingWhenItIsKilled(Path server) throws Exception {
        Duration quarantine = Duration.ofMinutes(10);
        Storage storage = new Storage("64Mi", null);
        RedisAccess access = RedisAccess.create();
        NodeSecrets secrets = secrets(access, Tls.Off);
        Optional<Credentials> login = Optional.of(credentials(secrets, access.password()));
        try (ConfiguredRedis node = new ConfiguredRedis(
                        server, files(set(Tls.Off, Optional.empty(), quarantine, storage), secrets));
                RedisNodes nodes = new RedisNodes()) {
            RedisNodeSet set = set(
                    Tls.Off,
                    Optional.of(new External(List.of("localhost:" + node.port()), null, Tls.Off)),
                    quarantine,
                    storage);
            await().atMost(SOON).until(() -> nodes.admitFresh(set, login).isEmpty());

            node.restart();

            await().atMost(SOON).until(() -> look(nodes, set, login.get()).state() == State.Quarantined);
            assertThat(node.log()).doesNotContain("NOPERM");
            nodes.care(set, login);
            await().atMost(SOON).until(() -> look(nodes, set, login.get()).state() == State.Voting);
        }
    }

    @Test
    void whatCannotBeReachedAtAllHasOneReason() {
        try (RedisNodes nodes = new RedisNodes()) {
            RedisNodeSet nowhere = set(Tls.Off, Optional.of(new External(List.of("no port"), null, Tls.Off)));
            assertThat(nodes.look(nowhere, Optional.empty()).getFirst().reason())
                    .contains("no port");

            RedisNodeSet untrusted = set(Tls.On, Optional.of(new External(List.of("localhost:1"), "login", Tls.On)));
            Credentials login = new Credentials(USER, "password", "");
            Node first = nodes.look(untrusted, Optional.of(login)).getFirst();
            assertThat(first.reason()).contains("there is no ca.crt");
            assertThat(nodes.look(untrusted, Optional.of(login)).getFirst()).isEqualTo(first);
        }
    }
}
