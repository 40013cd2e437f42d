package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the programs of examples/from-your-language are run. */
enum Language {
    SHELL("sh", "bash", "install bash and curl; needs Linux for its clock"),
    PYTHON("py", "python3", "install Python 3.8 or later as python3"),
    GO("go", "go", "install Go 1.21 or later, and put it on the PATH"),
    JAVA("java", "java", "install a JDK"),
    NODE("mjs", "node", "install Node 20 or later");

    static final Path FOLDER = Path.of("..", "examples", "from-your-language");

    private final String extension;
    private final String runner;
    private final String missing;

    Language(String extension, String runner, String missing) {
        this.extension = extension;
        this.runner = runner;
        this.missing = missing;
    }

    void assumeHere() {
        assumeTrue(
                runner().isPresent()
                        && (this != SHELL || Executables.find("curl").isPresent()),
                missing);
    }

    /** Those that can be run on this machine. */
    static List<Language> here() {
        return Arrays.stream(values()).filter(Language::isHere).toList();
    }

    String extension() {
        return extension;
    }

    private boolean isHere() {
        if (this == SHELL && (Executables.find("curl").isEmpty() || !Files.exists(Path.of("/proc/uptime")))) {
            return false;
        }
        return runner().isPresent();
    }

    List<String> worker(Path scratch) throws Exception {
        return command("worker", scratch);
    }

    List<String> keyed(Path scratch, String order, int steps) throws Exception {
        var command = new ArrayList<>(command("keyed", scratch));
        // The shell's program leaves it to its caller to write a key as a URL does.
        command.add(this == SHELL ? order.replace("/", "%2F") : order);
        command.add(Integer.toString(steps));
        return command;
    }

    /** What is started is the program itself, not a tool that starts it and would survive it. */
    private List<String> command(String program, Path scratch) throws Exception {
        var source = FOLDER.resolve(fileName(program)).toRealPath();
        var tool = runner().orElseThrow().toString();
        if (this != GO) {
            return List.of(tool, source.toString());
        }
        var binary = scratch.resolve(program).toString();
        var build = new ProcessBuilder(tool, "build", "-o", binary, source.toString()).redirectErrorStream(true);
        build.environment().putAll(Map.of("GOPROXY", "off", "GOTOOLCHAIN", "local"));
        var process = build.start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isZero();
        return List.of(binary);
    }

    private String fileName(String program) {
        var first = program.substring(0, 1);
        return (this == JAVA ? first.toUpperCase(Locale.ROOT) : first) + program.substring(1) + "." + extension;
    }

    private Optional<Path> runner() {
        if (this == JAVA) {
            return Optional.of(Path.of(System.getProperty("java.home"), "bin", "java"));
        }
        return Executables.find(runner);
    }
}
