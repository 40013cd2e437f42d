package dev.holdfast.sidecar.redis;

import static dev.holdfast.sidecar.redis.RedlockOnRedisTest.acquired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.sidecar.redlock.Acquisition;
import dev.holdfast.sidecar.redlock.Lease;
import dev.holdfast.sidecar.redlock.Lock;
import dev.holdfast.sidecar.redlock.Redlock;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes that speak TLS and let a user do just what the scripts' README lists. */
@Timeout(60)
class SecureNodesTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String PASSWORD = "correct horse battery staple".replace(' ', '-');

    /** Keep this the same as the list in the README beside the scripts. */
    private static final List<String> RULES = List.of(
            "on",
            ">" + PASSWORD,
            "~holdfast:*",
            "resetchannels",
            "&holdfast:*",
            "-@all",
            "+info +eval +evalsha +script|load +client|setname".replace(" +", "\n+"),
            "+get +mget +set +del +pexpire +time +publish +subscribe +unsubscribe".replace(" +", "\n+"),
            "+zadd +zrem +zrange +zremrangebyscore".replace(" +", "\n+"));

    static java.util.stream.Stream<Path> servers() throws Exception {
        return RedisProcess.executables();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void locksWorkOverTlsForAUserWithTheLeastRights(Path executable) throws Exception {
        TestCertificates tls = TestCertificates.make();
        int tlsPort = FreePorts.pair();
        java.util.ArrayList<String> options = new java.util.ArrayList<>(List.of(
                "--tls-port",
                Integer.toString(tlsPort),
                "--tls-cert-file",
                tls.certificate().toString(),
                "--tls-key-file",
                tls.key().toString(),
                "--tls-ca-cert-file",
                tls.certificate().toString(),
                "--tls-auth-clients",
                "no",
                "--user",
                "default",
                "off",
                "--user",
                "holdfast"));
        RULES.forEach(rule -> options.addAll(List.of(rule.split("\n", -1))));
        try (RedisProcess _ = new RedisProcess(executable, options.toArray(String[]::new));
                SystemEnvironment system = new SystemEnvironment()) {
            NodeSet set = set(tlsPort, PASSWORD, tls.certificate());
            FreshNodeSet.admit(set);
            Lock lock = Lock.dynamic("payments", LEASE);
            try (Redlock a = RedisNodes.open(set, "a", system.environment());
                    Redlock b = RedisNodes.open(set, "b", system.environment())) {
                Lease first = acquired(a.acquire(lock, Duration.ofSeconds(5)));
                CompletableFuture<Acquisition> waiting = b.acquire(lock, Duration.ofSeconds(10));
                Thread.sleep(500);
                first.release();
                assertThat(acquired(waiting).fencingToken()).isGreaterThan(first.fencingToken());
            }
            assertThatThrownBy(() -> FreshNodeSet.admit(set(tlsPort, "wrong", tls.certificate())))
                    .isInstanceOf(NodeSetException.class)
                    .hasMessageContaining("refused the user")
                    .hasMessageNotContaining("wrong");
            Path another = TestCertificates.make().certificate();
            assertThatThrownBy(() -> FreshNodeSet.admit(set(tlsPort, PASSWORD, another)))
                    .isInstanceOf(NodeSetException.class)
                    .hasMessageContaining("certificate is not trusted");
        }
    }

    private static NodeSet set(int port, String password, Path authority) {
        Security security =
                new Security(() -> Optional.of(new Security.Credentials("holdfast", password)), Optional.of(authority));
        Endpoint endpoint = new Endpoint("127.0.0.1", port);
        return new NodeSet("secure", UUID.randomUUID().toString(), List.of(endpoint), LEASE, false, security);
    }
}
