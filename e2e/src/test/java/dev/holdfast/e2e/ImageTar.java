package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An image as {@code docker save} writes it; read and changed by the machine's tar. */
record ImageTar(Path file) {

    private static final String MANIFEST = "manifest.json";

    /** Such as ghcr.io/holdfast-dev/sidecar:0.1.0. */
    String name() {
        return manifest().at("/0/RepoTags/0").asText();
    }

    /** What it says of itself: user, labels, ports. */
    JsonNode config() {
        String name = manifest().at("/0/Config").asText();
        return Kube.json(run(Path.of("."), "tar", "-xOf", file.toAbsolutePath().toString(), name))
                .at("/config");
    }

    /** What containers find in these folders, later layers over earlier ones; in a folder of this folder. */
    Path unpack(Path folder, String... within) {
        try {
            Path content = Files.createDirectory(folder.resolve("content"));
            Path root = Files.createDirectory(folder.resolve("root"));
            run(content, "tar", "-xf", file.toAbsolutePath().toString());
            for (JsonNode layer : manifest().at("/0/Layers")) {
                String tar = content.resolve(layer.asText()).toString();
                List<String> names = run(root, "tar", "-tf", tar)
                        .lines()
                        .filter(name -> !name.endsWith("/") && Stream.of(within).anyMatch(name::startsWith))
                        .toList();
                if (!names.isEmpty()) {
                    List<String> unpack = new ArrayList<>(List.of("tar", "--no-same-owner", "-xf", tar));
                    unpack.addAll(names);
                    run(root, unpack.toArray(String[]::new));
                }
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode manifest() {
        return Kube.json(run(Path.of("."), "tar", "-xOf", file.toAbsolutePath().toString(), MANIFEST));
    }

    String repository() {
        return name().substring(0, name().lastIndexOf(':'));
    }

    String tag() {
        return name().substring(name().lastIndexOf(':') + 1);
    }

    /** The same image by another tag, as a file in this folder. */
    ImageTar tagged(String tag, Path folder) {
        Path copy = folder.resolve(tag + ".tar").toAbsolutePath();
        try {
            Path content = Files.createDirectory(folder.resolve(tag));
            run(content, "tar", "-xf", file.toAbsolutePath().toString());
            Path manifest = content.resolve(MANIFEST);
            Files.writeString(manifest, Files.readString(manifest).replace(name(), repository() + ":" + tag));
            List<String> pack = new ArrayList<>(List.of("tar", "-cf", copy.toString()));
            try (Stream<Path> files = Files.list(content)) {
                files.map(it -> it.getFileName().toString()).sorted().forEach(pack::add);
            }
            run(content, pack.toArray(String[]::new));
            return new ImageTar(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(Path folder, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
