package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher as its users do, as a process with real Redis nodes and sidecars. */
class LauncherTest {
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Launcher launcher;

    @BeforeEach
    void prepare() {
        launcher = new Launcher(directory);
    }

    @AfterEach
    void endAll() {
        launcher.close();
    }

    @Test
    void everyPromiseOfTheDemoHolds() throws Exception {
        var demo = launcher.launch("demo");

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(launcher.output()).contains("Everything held.");
        assertThat(demo.exitValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void noProcessIsLeftBehind(String signal) throws Exception {
        var local = launcher.launch("local", "--port", ports());
        await().atMost(START).until(() -> launcher.output().contains("state=Leading"));
        var children = local.descendants().map(ProcessHandle::pid).toList();
        // A watchdog, three Redis nodes, three sidecars.
        assertThat(children).hasSize(7);

        new ProcessBuilder("bash", "-c", "kill -" + signal + " " + local.pid()).start();

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(local.isAlive()).isFalse();
            assertThat(children).noneMatch(LeashTest::isAlive);
        });
    }

    @Test
    void aDeadProcessIsStartedAgain() throws Exception {
        var local = launcher.launch("local", "--port", ports(), "--pods", "1");
        await().atMost(START).until(() -> launcher.output().contains("state=Leading"));

        local.descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .forEach(ProcessHandle::destroyForcibly);

        await().atMost(START).until(() -> launcher.output().contains("pod-0 ended (signal 9)"));
        await().atMost(START).until(() -> launcher.output().split("state=Leading", -1).length == 3);
        local.destroy();
        assertThat(local.waitFor(15, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local --pods 0 | holdfast: --pods is \"0\"; write a number from 1 to 20",
                "local -f missing.yaml | holdfast: missing.yaml: no such file; name an existing one with -f",
                "demo --redis-server /bin/false | holdfast: /bin/false is no Redis server that runs here; name another with"
            })
    void wrongUseIsOneClearLine(String arguments, String complaint) throws Exception {
        var process = launcher.launch(arguments.split(" "));

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(launcher.output().strip()).startsWith(complaint).doesNotContain("\n");
    }

    @Test
    void aFailureIsToldAndKeepsTheLogs() throws Exception {
        var broken = Files.writeString(directory.resolve("redis"), """
                #!/bin/sh
                [ "$1" = --version ] && echo "Redis server v=7.0.0" && exit
                echo "no memory left"
                exit 1
                """);
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));
        var process = launcher.launch("demo", "--redis-server", broken.toString());

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        var complaint = launcher.output().lines().toList().getLast();
        assertThat(complaint).matches("holdfast: redis-0 does not start on port \\d+: no memory left .*");
        var logs = Path.of(complaint.replaceFirst(".*\\(logs: (.*)\\)", "$1"));
        try (var files = Files.walk(logs)) {
            var kept = files.sorted(Comparator.reverseOrder()).toList();
            assertThat(kept).contains(logs.resolve("redis-0.log"));
            for (var file : kept) {
                Files.delete(file);
            }
        }
    }

    private static String ports() throws LocalFailure {
        return Integer.toString(Launcher.freePorts());
    }
}
