package dev.holdfast.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.UnwrittenMappings.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnwrittenMappingsTest {

    @ParameterizedTest
    @CsvSource({
        "'7f0000001000-7f0000004000 r--p 00001000 08:01 1234   /app/sidecar.aot', 0, true",
        "'7f0000001000-7f0000004000 r-xp 00001000 08:01 1234   /lib/libjvm.so', 0, true",
        // Relocated when it was loaded, and made read-only since.
        "'7f0000001000-7f0000004000 r--p 00001000 08:01 1234   /lib/libjvm.so', 4, false",
        "'7f0000001000-7f0000004000 rw-p 00001000 08:01 1234   /app/sidecar.aot', 0, false",
        "'7f0000001000-7f0000004000 r--s 00001000 08:01 1234   /lib/modules', 0, false",
        "'7f0000001000-7f0000004000 r-xp 00000000 00:00 0      [vdso]', 0, false",
        "'7f0000001000-7f0000004000 r--p 00000000 00:00 0', 0, false",
        "'7f0000001000-7f0000004000 ---p 00001000 08:01 1234   /lib/libjvm.so', 0, false",
    })
    void onlyWhatComesBackAsItWasCounts(String begin, String copiedKiB, boolean counts) {
        var copied = "Anonymous:      " + copiedKiB + " kB";

        var found =
                found(Stream.of(begin, "Size:     12 kB", "Private_Dirty:     0 kB", copied, "VmFlags: rd mr mw me"));

        assertThat(found).isEqualTo(counts ? List.of(new Mapping(0x7f0000001000L, 0x3000)) : List.of());
    }

    @Test
    void whatOneMappingSaysIsNotHeldAgainstTheNext() {
        var written = "1000-2000 rw-p 00000000 08:01 1234 /a";
        var clean = "3000-5000 r--p 00000000 08:01 1234 /b";

        var found =
                found(Stream.of(written, "Anonymous:             4 kB", clean, "Anonymous:             0 kB", written)
                        .flatMap(line -> Stream.of(line, "Rss: 4 kB")));

        assertThat(found).containsExactly(new Mapping(0x3000, 0x2000));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ofThisProcessTheCodeOfTheVirtualMachineCounts() throws Exception {
        var code = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.endsWith("/libjvm.so") && line.contains(" r-xp "))
                .map(line -> Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16))
                .toList();

        try (var lines = Files.lines(Path.of("/proc/self/smaps"))) {
            assertThat(found(lines)).extracting(Mapping::from).containsAll(code).isNotEmpty();
        }
    }

    private static List<Mapping> found(Stream<String> lines) {
        var mappings = new UnwrittenMappings();
        return lines.map(mappings::next).flatMap(Optional::stream).toList();
    }
}
