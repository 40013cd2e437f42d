package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With real processes. */
class LeashTest {
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "INT", "HUP"})
    void nothingOutlivesTheLauncherWhateverEndsIt(String signal) throws Exception {
        // A program inherits the signals that its starter ignores, as those of nohup and of background jobs do.
        var launcher = new ProcessBuilder(
                        "env",
                        "--default-signal=TERM,INT,HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeashedProgram.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new BufferedReader(new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8));
        var words = output.readLine().split(" ");
        var children = List.of(Long.parseLong(words[1]), Long.parseLong(words[2]));
        assertThat(children).allMatch(LeashTest::isAlive);

        new ProcessBuilder("bash", "-c", "kill -" + signal + " " + launcher.pid()).start();

        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(launcher.isAlive()).isFalse();
            assertThat(children).noneMatch(LeashTest::isAlive);
            assertThat(Path.of(words[0])).doesNotExist();
        });
    }

    @Test
    void closingEndsFrozenProcessesToo() throws Exception {
        var leash = Leash.attach();
        var child = new Child(leash, "frozen", List.of("sleep", "600"), Map.of());
        child.start();
        await().until(() -> Files.exists(leash.directory().resolve("processes").resolve(Long.toString(child.pid()))));
        child.freeze();

        leash.close();

        await().atMost(Duration.ofSeconds(5)).until(() -> !child.isAlive());
        assertThat(leash.directory()).doesNotExist();
    }

    @Test
    void logsCanBeKept() throws Exception {
        var leash = Leash.attach();
        var child = new Child(leash, "speaker", List.of("echo", "last words"), Map.of());
        child.start();
        child.onExit().join();

        leash.keepDirectory();
        leash.close();

        assertThat(child.lastWords()).isEqualTo("last words");
        Files.delete(leash.directory().resolve("speaker.log"));
        Files.delete(leash.directory());
    }

    @Test
    void aDeadProcessIsForgotten() throws Exception {
        try (var leash = Leash.attach()) {
            var child = new Child(leash, "short", List.of("true"), Map.of());
            child.start();
            child.onExit().join();

            await().until(() -> {
                try (var registered = Files.list(leash.directory().resolve("processes"))) {
                    return registered.findAny().isEmpty();
                }
            });
        }
    }

    /** A dead process that its new parent has not asked about yet still has a number, but no program. */
    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid)
                .filter(process -> process.isAlive() && process.info().command().isPresent())
                .isPresent();
    }
}
