package dev.holdfast.sidecar.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Makes the parts of the image, and tries them: a runtime of the modules that are needed, the options of
 * Java, and an archive of the classes that a run as in a pod met. Profile {@code images} runs it after the jar is made.
 */
class ImageParts {

    private static final String PUBLIC_AUTHORITIES = "cacerts";

    private final Path parts = Path.of(System.getProperty("image.parts", "")).toAbsolutePath();
    private final Path options = Path.of(System.getProperty("image.options", ""));
    private final StagedImage image = new StagedImage(parts.resolve("root"));

    @Test
    void theSidecarStartsFromItsArchive() throws Exception {
        Path jar = Path.of(System.getProperty("image.jar", ""));
        image.stage(jar);
        Path java = runtime().resolve("bin/java");
        Path archive = image.root().resolve(StagedImage.ARCHIVE);
        Duration serving;
        try (TrainingGround ground = new TrainingGround()) {
            List<String> trial = image.arguments(options, image.root().toString());
            ground.run(java, with(trial, "-XX:AOTCacheOutput=" + archive));
            assertThat(archive).as("what Java wrote at the end of the training").exists();
            // Refuses to start without the archive, which in the container it would do.
            serving = ground.run(java, with(trial, "-XX:AOTCache=" + archive, "-XX:AOTMode=on"));
        }
        System.out.printf(
                "archive of classes: %d MB; the sidecar serves %d ms after its start%n",
                Files.size(archive) >> 20, serving.toMillis());
        StagedImage layer = new StagedImage(parts.resolve("layer"));
        layer.stage(jar);
        Files.copy(archive, layer.root().resolve(StagedImage.ARCHIVE), StandardCopyOption.REPLACE_EXISTING);
        Files.write(
                layer.root().resolve(StagedImage.ARGUMENTS),
                with(image.arguments(options, ""), "-XX:AOTCache=/" + StagedImage.ARCHIVE));
    }

    private Path runtime() throws IOException {
        Path runtime = parts.resolve("java");
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
        PrintStream said = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int code = jlink.run(
                said,
                said,
                "--add-modules",
                System.getProperty("image.modules", ""),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                // Everybody whom the sidecar trusts is named in its configuration; Java would read these all the same.
                "--exclude-files",
                "**" + PUBLIC_AUTHORITIES,
                "--output",
                runtime.toString());
        assertThat(code).as("jlink").isZero();
        assertThat(runtime.resolve("lib/security").resolve(PUBLIC_AUTHORITIES)).doesNotExist();
        return runtime;
    }

    private static List<String> with(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(arguments);
        return all;
    }
}
