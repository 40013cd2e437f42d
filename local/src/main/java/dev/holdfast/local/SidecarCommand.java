package dev.holdfast.local;

import java.nio.file.Path;
import java.util.List;

/** How a sidecar is run: small and quick to start. */
final class SidecarCommand {
    private SidecarCommand() {}

    /** With the Java runtime and the class path of this process. */
    static List<String> inThisRuntime() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.holdfast.sidecar.SidecarMain");
    }
}
