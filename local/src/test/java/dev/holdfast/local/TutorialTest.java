package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's part without a cluster, command by command; what they print is what the page shows, but for numbers. */
@Timeout(180)
class TutorialTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/tutorial/first-failover.md");
    private static final Pattern STEP =
            Pattern.compile("```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", Pattern.DOTALL | Pattern.MULTILINE);

    /** So much is that of the page: pods, ports, tokens, times and versions are others each time. */
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private record Step(String commands, String printed) {}

    @Test
    void everyStepWithoutAClusterPrintsWhatThePageShows(@TempDir Path directory) throws Exception {
        for (var program : List.of("bash", "curl", "lsof", "python3")) {
            assumeTrue(Executables.find(program).isPresent(), "install " + program);
        }
        var steps = steps();
        assertThat(steps).hasSizeGreaterThan(7);
        var start = steps.getFirst();
        assertThat(start.commands()).isEqualTo("./holdfast local\n");
        try (var launcher = new Launcher(directory)) {
            int port = Launcher.freePorts();
            var local = launcher.launch("local", "--port", Integer.toString(port));
            await().atMost(Duration.ofSeconds(60)).until(() -> launcher.output().contains("state=Leading"));
            assertThat(withoutNumbers(launcher.output())).startsWith(withoutNumbers(start.printed()));

            var rest = steps.subList(1, steps.size());
            var printed = run(directory, rest, port);

            for (int i = 0; i < rest.size(); i++) {
                assertThat(withoutNumbers(printed[i]))
                        .as(rest.get(i).commands())
                        .isEqualTo(withoutNumbers(rest.get(i).printed()));
            }
            local.destroy();
            assertThat(local.waitFor(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<Step> steps() throws Exception {
        var page = Files.readString(PAGE);
        var part = page.substring(page.indexOf("\n## Without a cluster\n"), page.indexOf("\n## On a cluster\n"));
        return STEP.matcher(part)
                .results()
                .map(step -> new Step(step.group(1), step.group(2) == null ? "" : step.group(2)))
                .toList();
    }

    /** All in one shell, as in a reader's terminal, in the folder of the repository, but on ports that are free. */
    private static String[] run(Path directory, List<Step> steps, int port) throws Exception {
        var end = "---- end of a step ----\n";
        var script = new StringBuilder("trap 'kill $(jobs -p) 2>/dev/null' EXIT\n");
        for (var step : steps) {
            script.append(step.commands()).append("printf '%s' '").append(end).append("'\n");
        }
        var here = script.toString()
                .replace("4040", Integer.toString(port))
                .replace("4050", Integer.toString(port + 10))
                .replace("4060", Integer.toString(port + 20))
                .replace("8080", Integer.toString(new Ports().free()));
        var shell = new ProcessBuilder(
                        "bash",
                        Files.writeString(directory.resolve("steps.sh"), here).toString())
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        var printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(printed).isZero();
        var parts = printed.split(Pattern.quote(end), -1);
        assertThat(parts).as(printed).hasSize(steps.size() + 1);
        return parts;
    }

    private static String withoutNumbers(String text) {
        return NUMBER.matcher(text).replaceAll("#");
    }
}
