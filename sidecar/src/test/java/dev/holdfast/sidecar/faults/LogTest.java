package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.RedisProcess;
import dev.holdfast.sidecar.redis.Security;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real sidecar, and all that is in it, writes to its log. */
@Timeout(60)
class LogTest {

    private static final Path REFERENCE = Path.of("../docs/reference/logs.md");
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PASSWORD = "tortoise-4711";

    @TempDir
    private Path directory;

    private final List<RedisProcess> nodes = new ArrayList<>();
    private NodeSet set;

    @BeforeEach
    void start() throws Exception {
        for (int slot = 0; slot < 3; slot++) {
            nodes.add(RedisProcess.bundled("--requirepass", PASSWORD));
        }
        Security security =
                new Security(() -> Optional.of(new Security.Credentials("default", PASSWORD)), Optional.empty());
        List<Endpoint> endpoints = nodes.stream().map(RedisProcess::endpoint).toList();
        set = new NodeSet("secured", UUID.randomUUID().toString(), endpoints, LEASE, false, security);
        FreshNodeSet.admit(set);
        Path credentials =
                Files.createDirectories(directory.resolve("credentials").resolve(set.name()));
        Files.writeString(credentials.resolve("password"), PASSWORD);
    }

    @AfterEach
    void stop() {
        nodes.forEach(RedisProcess::close);
    }

    private SidecarProcess sidecar(Map<String, String> settings) throws Exception {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("HOLDFAST_CONFIG", directory.toString());
        // Java itself warns of a directory that is not there; the image has one.
        List<String> options = List.of("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        return new SidecarProcess("pod-a", "payments", LEASE, set, set.nodes(), environment, options);
    }

    /** Every line, each of which must be a JSON object. */
    private static List<JsonObject> lines(SidecarProcess sidecar) throws Exception {
        return sidecar.log().lines().map(JsonObject::new).toList();
    }

    private static JsonObject line(List<JsonObject> lines, String message) {
        return lines.stream()
                .filter(line -> message.equals(line.getString("message")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no \"" + message + "\" in " + lines));
    }

    /** Leads, loses its nodes, ends. */
    private static void live(SidecarProcess sidecar, List<RedisProcess> nodes) throws Exception {
        sidecar.await(PATIENCE, state -> state.getBoolean("held"));
        nodes.get(0).kill();
        nodes.get(1).kill();
        await().atMost(PATIENCE).until(() -> sidecar.log().contains("no quorum"));
        assertThat(sidecar.terminate()).isZero();
    }

    @Test
    void everyLineIsOneObjectWithTheFieldsOfTheReference() throws Exception {
        Set<String> documented = Files.readString(REFERENCE)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`", -1)[1])
                .filter(name -> name.equals(name.toLowerCase(java.util.Locale.ROOT)))
                .collect(Collectors.toSet());
        assertThat(documented).containsExactlyInAnyOrder("time", "level", "logger", "message", "exception");
        try (SidecarProcess sidecar = sidecar(Map.of("HOLDFAST_LOG_FORMAT", "json"))) {
            Instant started = Instant.now();
            live(sidecar, nodes);

            List<JsonObject> lines = lines(sidecar);
            documented.remove("exception");
            assertThat(lines).isNotEmpty().allSatisfy(line -> {
                assertThat(line.fieldNames()).containsAll(documented);
                assertThat(line.getString("time")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
                assertThat(Instant.parse(line.getString("time"))).isBetween(started.minus(PATIENCE), Instant.now());
                assertThat(line.getString("level")).isIn("ERROR", "WARN", "INFO");
                assertThat(line.getString("logger")).isNotEmpty();
            });
            JsonObject leading = line(lines, "leading");
            assertThat(leading.getString("logger")).isEqualTo("election");
            assertThat(leading.getString("lock")).isEqualTo("payments");
            assertThat(leading.getValue("fencingToken")).isInstanceOf(Long.class);
            JsonObject noQuorum = line(lines, "no quorum");
            assertThat(noQuorum.getString("level")).isEqualTo("WARN");
            assertThat(noQuorum.getValue("needed")).isEqualTo(2);
            assertThat(noQuorum.getJsonArray("faults")).isNotEmpty();
        }
    }

    @Test
    void theLibrariesLogIsOfTheSameFormAndNobodyWritesThePassword() throws Exception {
        try (SidecarProcess sidecar = sidecar(Map.of("HOLDFAST_LOG_FORMAT", "json", "HOLDFAST_LOG_LEVEL", "TRACE"))) {
            live(sidecar, nodes);

            assertThat(lines(sidecar))
                    .anySatisfy(line -> assertThat(line.getString("logger")).startsWith("io.netty"));
            assertThat(sidecar.log()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void whyItDoesNotStartIsALineToo() throws Exception {
        try (SidecarProcess sidecar = sidecar(Map.of("HOLDFAST_LOG_FORMAT", "json", "HOLDFAST_START", "Sometimes"))) {
            await().atMost(PATIENCE).until(() -> sidecar.log().endsWith("\n"));

            List<JsonObject> lines = lines(sidecar);
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst().getString("level")).isEqualTo("ERROR");
            assertThat(lines.getFirst().getString("message")).contains("HOLDFAST_START", "Always or WhenHeld");
        }
    }
}
