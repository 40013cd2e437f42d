package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checkers of examples/fencing as they are: a stalled writer is refused, and one that comes in between as well. */
@Timeout(120)
class FencingExamplesTest {
    private static final Path FOLDER = Path.of("..", "examples", "fencing");
    /** As large as tokens are. */
    private static final long OLD = 1_795_464_352_729_068L;

    private static final long NEW = OLD + 1;

    @TempDir
    Path scratch;

    private Leash leash;

    @BeforeEach
    void attach() throws Exception {
        leash = Leash.attach();
    }

    @AfterEach
    void end() {
        leash.close();
    }

    @Test
    void sqliteRefusesTheStalledWriter() throws Exception {
        assumeTrue(Executables.find("python3").isPresent(), "install Python 3 as python3; SQLite comes with it");
        var file = scratch.resolve("test.db").toString();
        try (var one = SqlSession.sqlite(file);
                var other = SqlSession.sqlite(file)) {
            assertRefusesTheStalledWriter(one, other);
        }
    }

    @Test
    void postgresRefusesTheStalledWriter() throws Exception {
        var initdb = PostgresServer.initdb();
        assumeTrue(initdb.isPresent(), "install PostgreSQL, or put its initdb on the PATH");
        try (var server = PostgresServer.start(leash, initdb.orElseThrow());
                var one = SqlSession.postgres(server);
                var other = SqlSession.postgres(server)) {
            assertRefusesTheStalledWriter(one, other);
        }
    }

    private static void assertRefusesTheStalledWriter(SqlSession one, SqlSession other) throws Exception {
        var statements = Files.readString(FOLDER.resolve("checker.sql"))
                .replaceAll("(?m)^--.*$", "")
                .split(";");
        one.run(statements[0]);
        one.run("INSERT INTO report VALUES ('weekly', '', 0)");
        one.run(statements[2]);
        assertRefuses(one, other, statements[1]);
        assertThat(one.run("SELECT body, token FROM report")).containsExactly("by " + NEW + "|" + NEW);
        assertRefuses(one, other, statements[3]);
        assertThat(one.run("SELECT token FROM fence")).containsExactly(Long.toString(NEW));
    }

    private static void assertRefuses(SqlSession one, SqlSession other, String write) throws Exception {
        var accepted = Long.toString(OLD);
        assertThat(one.run(with(write, OLD))).containsExactly(accepted);
        assertThat(one.run(with(write, OLD))).as("its own next write").containsExactly(accepted);
        one.run("BEGIN");
        assertThat(one.run(with(write, NEW))).containsExactly(Long.toString(NEW));
        // The stalled one wakes while the new holder's transaction is open: what is true after it counts.
        var stalled = CompletableFuture.supplyAsync(() -> other.run(with(write, OLD)));
        await().during(Duration.ofMillis(300)).until(() -> !stalled.isDone());
        one.run("COMMIT");
        assertThat(stalled.get(20, TimeUnit.SECONDS)).isEmpty();
    }

    private static String with(String statement, long token) {
        return statement
                .replace(":body", "'by " + token + "'")
                .replace(":token", Long.toString(token))
                .replace(":id", "'weekly'")
                .replace(":lock", "'reports'");
    }

    @Test
    void redisRefusesTheStalledWriter() throws Exception {
        var script = Files.readString(FOLDER.resolve("checker.lua"));
        var server = new RedisServer(leash, RedisBinary.find(null, scratch), "redis", new Ports().free());
        server.start();
        try (var redis = new RedisConnection(server.port())) {
            var sha = (String) redis.call("SCRIPT", "LOAD", script);

            assertThat(write(redis, sha, OLD)).isEqualTo(1L);
            assertThat(write(redis, sha, OLD)).isEqualTo(1L);
            assertThat(write(redis, sha, NEW)).isEqualTo(1L);
            assertThat(write(redis, sha, OLD)).isEqualTo(0L);
            assertThat(redis.call("HGET", "report", "token")).isEqualTo(Long.toString(NEW));
            assertThat(redis.call("HGET", "report", "value")).isEqualTo("by " + NEW);
            assertThat((String) redis.call("EVALSHA", sha, "1", "report", "nan", "by nobody"))
                    .contains("the token is no number");
        }
    }

    private static Object write(RedisConnection redis, String sha, long token) throws Exception {
        return redis.call("EVALSHA", sha, "1", "report", Long.toString(token), "by " + token);
    }

    @Test
    void theHttpResourceRefusesTheStalledWriter() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var url = startHttpResource();
            assertThat(put(client, url, OLD).statusCode()).isEqualTo(204);
            assertThat(put(client, url, NEW).statusCode()).isEqualTo(204);
            assertThat(put(client, url, OLD).statusCode()).isEqualTo(409);
            var now = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
            assertThat(now.body()).isEqualTo("by " + NEW);
            assertThat(now.headers().firstValue("Fencing-Token")).hasValue(Long.toString(NEW));
            var without = HttpRequest.newBuilder(url).PUT(BodyPublishers.noBody());
            assertThat(client.send(without.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(428);
        }
    }

    @Test
    void theHttpResourceEndsWithTheNewestOfSeveralAtOnce() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var url = startHttpResource();
            for (int round = 0; round < 60; round++) {
                var contended = url.resolve("/" + round);
                InParallel.each(List.of(OLD, OLD + 3, OLD + 1, OLD + 2), token -> put(client, contended, token));
                var now = client.send(HttpRequest.newBuilder(contended).build(), BodyHandlers.ofString());
                assertThat(now.body()).isEqualTo("by " + (OLD + 3));
                assertThat(now.headers().firstValue("Fencing-Token")).hasValue(Long.toString(OLD + 3));
            }
        }
    }

    private URI startHttpResource() throws Exception {
        assumeTrue(Executables.find("python3").isPresent(), "install Python 3.8 or later as python3");
        int port = new Ports().free();
        var program = FOLDER.resolve("checker.py").toRealPath().toString();
        var file = scratch.resolve("resource.db").toString();
        var child = new Child(leash, "checker", List.of("python3", program, Integer.toString(port), file), Map.of());
        child.start();
        var log = leash.directory().resolve("checker.log");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(log) && Files.readString(log).contains("listening"));
        return URI.create("http://127.0.0.1:" + port + "/report");
    }

    private static HttpResponse<Void> put(HttpClient client, URI url, long token) throws LocalFailure {
        var request = HttpRequest.newBuilder(url)
                .header("Fencing-Token", Long.toString(token))
                .PUT(BodyPublishers.ofString("by " + token));
        try {
            return client.send(request.build(), BodyHandlers.discarding());
        } catch (IOException | InterruptedException e) {
            throw new LocalFailure(e.toString());
        }
    }
}
