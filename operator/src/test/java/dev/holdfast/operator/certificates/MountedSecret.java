package dev.holdfast.operator.certificates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A Secret as a kubelet mounts it: all files are swapped at once, by one link. */
public final class MountedSecret {
    private static final String CURRENT = "..data";

    private final Path directory;
    private int version;

    /** Nothing is mounted yet; the directory is there, as for a Secret that is optional. */
    public MountedSecret(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    public Path directory() {
        return directory;
    }

    /** Swaps what is there for a certificate and its key. */
    public void put(OtherAuthority.Leaf leaf) throws IOException {
        put(Map.of("tls.crt", leaf.chain(), "tls.key", leaf.pem()));
    }

    /** Swaps what is there for other files. */
    public void put(Map<String, String> files) throws IOException {
        version++;
        Path next = Files.createDirectory(directory.resolve("..version-" + version));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(next.resolve(file.getKey()), file.getValue());
        }
        Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), next.getFileName());
        Files.move(link, directory.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
        for (String name : files.keySet()) {
            Path visible = directory.resolve(name);
            if (!Files.isSymbolicLink(visible)) {
                Files.createSymbolicLink(visible, Path.of(CURRENT, name));
            }
        }
    }
}
