package dev.holdfast.sidecar.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Which file is at a path, or what is in a folder, without reading it: equal while nothing has changed. To ask for that costs a
 * fraction of reading. A kubelet's changes are other files; whoever writes into one changes its time.
 */
record FileVersion(@Nullable Object file, FileTime modified, long size) {

    static FileVersion of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileVersion(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
    }
}
