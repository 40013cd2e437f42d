package dev.holdfast.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things are in the source tree, as the build tells. */
final class Project {

    static final Path ROOT =
            Path.of(System.getProperty("holdfast.root", "..")).toAbsolutePath().normalize();
    static final Path CHART = ROOT.resolve("helm/holdfast");
    static final Path CRDS = ROOT.resolve("crds");
    static final String VERSION = System.getProperty("holdfast.version", "");

    private Project() {}

    /** The image that the build packed for this module. */
    static Path imageTar(String module) {
        Path tar = ROOT.resolve(module).resolve("target/jib-image.tar");
        if (!Files.exists(tar)) {
            throw new IllegalStateException(
                    tar + " is missing; build with the profile that packs images: mvn -Pimages verify");
        }
        return tar;
    }
}
