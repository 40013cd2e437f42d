package dev.holdfast.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidecarConfigTest {

    private static final String LOCK = """
            {"lock":"payments","namespace":"shop","mode":"Leader","leaseDuration":"10s","lockDelay":"2s","maxHold":"1h",
             "nodeSet":{"name":"default","uid":"u-1","maxLeaseDuration":"60s","durable":false,"tls":false,
                        "nodes":["redis-0:6379","10.0.0.2:6379","[fd00::1]:6379"]}}
            """;

    @TempDir
    private Path directory;

    private SidecarConfig read(String lock) throws IOException, ConfigException {
        Path file = Files.createDirectories(directory.resolve("locks")).resolve("payments.json");
        Files.writeString(file, lock);
        return SidecarConfig.read(Map.of("HOLDFAST_CONFIG", directory.toString(), "HOLDFAST_POD", "pod-1"));
    }

    @Test
    void readsALockWithItsNodeSetAndCredentials() throws Exception {
        Path credentials = Files.createDirectories(directory.resolve("credentials/default"));
        Files.writeString(credentials.resolve("username"), "sidecar\n");
        Files.writeString(credentials.resolve("password"), "s3cret\n");
        SidecarConfig config = read(LOCK);
        LockConfig lock = config.locks().get(0);
        assertThat(config.port()).isEqualTo(4040);
        assertThat(config.healthPort()).isEqualTo(4041);
        assertThat(lock.lock().name()).isEqualTo("payments");
        assertThat(lock.lock().leaseDuration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(lock.lock().lockDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(lock.lock().maxHold()).hasValue(Duration.ofHours(1));
        assertThat(lock.nodeSet().nodes()).hasToString("[redis-0:6379, 10.0.0.2:6379, [fd00::1]:6379]");
        assertThat(lock.nodeSet().security().credentials().get()).hasValueSatisfying(login -> {
            assertThat(login.user()).isEqualTo("sidecar");
            assertThat(login.password()).isEqualTo("s3cret");
        });
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void knowsThePodWhoseStatusItMayPatch() throws Exception {
        read(LOCK);
        Path token = Files.createDirectories(directory.resolve("kubernetes")).resolve("token");
        Files.writeString(token, "s3cret");
        Map<String, String> environment = new HashMap<>(Map.of(
                "HOLDFAST_CONFIG", directory.toString(),
                "HOLDFAST_POD", "pod-1",
                "HOLDFAST_NAMESPACE", "shop",
                "HOLDFAST_POD_UID", "u-7",
                "KUBERNETES_SERVICE_HOST", "10.96.0.1",
                "KUBERNETES_SERVICE_PORT", "6443"));
        SidecarConfig config = SidecarConfig.read(environment);
        assertThat(config.cluster())
                .isEqualTo(new Cluster.Pod(
                        "shop",
                        "pod-1",
                        "u-7",
                        "10.96.0.1",
                        6443,
                        token,
                        directory.resolve("kubernetes").resolve("ca.crt")));
        for (String needed : List.of("HOLDFAST_NAMESPACE", "HOLDFAST_POD_UID", "KUBERNETES_SERVICE_HOST")) {
            Map<String, String> without = new HashMap<>(environment);
            without.remove(needed);
            assertThat(SidecarConfig.read(without).cluster()).isEqualTo(new Cluster.None(needed + " is not set"));
        }
        environment.remove("KUBERNETES_SERVICE_PORT");
        assertThat(SidecarConfig.read(environment).cluster())
                .isInstanceOfSatisfying(
                        Cluster.Pod.class, pod -> assertThat(pod.apiPort()).isEqualTo(443));
        Files.delete(token);
        assertThat(SidecarConfig.read(environment).cluster()).isEqualTo(new Cluster.None("there is no file " + token));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"10s\",\"lockDelay\" | \"soon\",\"lockDelay\" | leaseDuration \"soon\" is no duration",
                "\"Leader\" | \"Boss\" | use Leader or Mutex",
                "\"uid\":\"u-1\", | '' | uid is missing",
                "redis-0:6379 | redis-0 | use host:port",
                "\"payments\" | \"pay ments\" | without spaces",
                "{\"lock\" | {lock | payments.json",
            })
    void saysInOneLineWhatIsWrongWhere(String from, String to, String expected) {
        assertThatThrownBy(() -> read(LOCK.replace(from, to)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("payments.json")
                .hasMessageContaining(expected);
    }

    @Test
    void saysWhatToMountOrSet() {
        assertThatThrownBy(() -> SidecarConfig.read(Map.of())).hasMessageContaining("HOLDFAST_POD");
        assertThatThrownBy(() -> SidecarConfig.read(Map.of("HOLDFAST_POD", "p", "HOLDFAST_PORT", "http")))
                .hasMessageContaining("1 to 65535");
        assertThatThrownBy(() -> SidecarConfig.read(Map.of(
                        "HOLDFAST_POD",
                        "p",
                        "HOLDFAST_CONFIG",
                        directory.resolve("none").toString())))
                .hasMessageContaining("mount");
    }

    @Test
    void theApplicationStartsAtOnceUnlessToldOtherwise() throws Exception {
        assertThat(read(LOCK).start()).isEqualTo(SidecarConfig.Start.ALWAYS);
        Map<String, String> environment = new HashMap<>(
                Map.of("HOLDFAST_CONFIG", directory.toString(), "HOLDFAST_POD", "pod-1", "HOLDFAST_START", "WhenHeld"));
        assertThat(SidecarConfig.read(environment).start()).isEqualTo(SidecarConfig.Start.WHEN_HELD);
        environment.put("HOLDFAST_START", "whenheld");
        assertThatThrownBy(() -> SidecarConfig.read(environment))
                .hasMessage("HOLDFAST_START is \"whenheld\"; set Always or WhenHeld");
    }
}
