package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
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

    private final List<Process> launched = new ArrayList<>();

    /** Only after a test that failed is there anything to end. */
    @AfterEach
    void endAll() throws InterruptedException {
        for (var process : launched) {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void everyPromiseOfTheDemoHolds() throws Exception {
        var demo = launch("demo");

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(output()).contains("Everything held.");
        assertThat(demo.exitValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void noProcessIsLeftBehind(String signal) throws Exception {
        var local = launch("local", "--port", freePorts());
        await().atMost(START).until(() -> output().contains("state=Leading"));
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
        var local = launch("local", "--port", freePorts(), "--pods", "1");
        await().atMost(START).until(() -> output().contains("state=Leading"));

        local.descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .forEach(ProcessHandle::destroyForcibly);

        await().atMost(START).until(() -> output().contains("pod-0 ended (signal 9)"));
        await().atMost(START).until(() -> output().split("state=Leading", -1).length == 3);
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
        var launcher = launch(arguments.split(" "));

        assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(2);
        assertThat(output().strip()).startsWith(complaint).doesNotContain("\n");
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
        var launcher = launch("demo", "--redis-server", broken.toString());

        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(1);
        var complaint = output().lines().toList().getLast();
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

    private Process launch(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dholdfast.home=" + Path.of("..").toRealPath(),
                "-cp",
                System.getProperty("java.class.path"),
                LocalMain.class.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        launched.add(process);
        return process;
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    /** The first of a row long enough for three pods, as far as one look can tell. */
    private static String freePorts() throws LocalFailure {
        var ports = new Ports();
        var first = ports.free();
        while (!(Ports.isFree(first + 1)
                && Ports.isFree(first + 10)
                && Ports.isFree(first + 11)
                && Ports.isFree(first + 20)
                && Ports.isFree(first + 21))) {
            first = ports.free();
        }
        return Integer.toString(first);
    }
}
