package dev.holdfast.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVersionTest {

    @TempDir
    Path folder;

    private Path file;
    private FileVersion before;

    @BeforeEach
    void writeOne() throws IOException {
        file = Files.writeString(folder.resolve("payments.json"), "10s");
        before = FileVersion.of(file);
    }

    @Test
    void isTheSameWhileNothingChanges() throws IOException {
        assertThat(FileVersion.of(file)).isEqualTo(before);
    }

    @Test
    void isAnotherOnceItIsWrittenTo() throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        FileVersion old = FileVersion.of(file);

        Files.writeString(file, "20s");

        assertThat(FileVersion.of(file)).isNotEqualTo(old);
    }

    @Test
    void isAnotherOnceItIsAnotherFileOfTheSameTimeAndSize() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "20s");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(FileVersion.of(file)).isNotEqualTo(before);
    }

    /** A kubelet lets a link point to a folder of new files. */
    @Test
    void isOfTheFileThatALinkLeadsTo() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Path link = Files.createSymbolicLink(folder.resolve("data"), first);
        Path mounted = Files.createSymbolicLink(folder.resolve("mounted"), link.resolve("lock"));
        Files.writeString(first.resolve("lock"), "10s");
        Files.writeString(second.resolve("lock"), "20s");
        Files.setLastModifiedTime(second.resolve("lock"), Files.getLastModifiedTime(first.resolve("lock")));
        FileVersion atFirst = FileVersion.of(mounted);

        Files.delete(link);
        Files.createSymbolicLink(link, second);

        assertThat(FileVersion.of(mounted)).isNotEqualTo(atFirst);
    }

    @Test
    void aFolderIsAnotherOnceAFileIsAdded() throws IOException {
        Files.setLastModifiedTime(folder, FileTime.fromMillis(1));
        FileVersion old = FileVersion.of(folder);

        Files.writeString(folder.resolve("reports.json"), "10s");

        assertThat(FileVersion.of(folder)).isNotEqualTo(old);
    }
}
