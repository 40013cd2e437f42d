package dev.holdfast.sidecar;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what only the start has read. The virtual machine reads its archive of classes from end to end, and much of its
 * own code; what it touches again is mapped again from the page cache, a few pages at a time. Linux only.
 */
final class UntouchedPages {

    private static final Logger log = LoggerFactory.getLogger("memory");
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final int MADV_DONTNEED = 4;

    private UntouchedPages() {}

    /** Returns at once; does it once, that much later, on a thread of its own. */
    static void giveBackAfter(Duration pause) {
        if (Files.isReadable(MAPPINGS)) {
            Thread.ofVirtual().name("untouched-pages").start(() -> {
                try {
                    Thread.sleep(pause);
                    giveBack();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private static void giveBack() {
        long bytes = 0;
        try (Stream<String> lines = Files.lines(MAPPINGS)) {
            MethodHandle advise = advise();
            UnwrittenMappings unwritten = new UnwrittenMappings();
            for (String line : (Iterable<String>) lines::iterator) {
                Optional<UnwrittenMappings.Mapping> found = unwritten.next(line);
                if (found.isPresent()) {
                    bytes += giveBack(advise, found.get());
                }
            }
            log.atDebug().addKeyValue("bytes", bytes).log("pages are given back");
        } catch (IOException | IllegalStateException e) {
            // It only costs memory.
            log.atWarn().addKeyValue("reason", e.toString()).log("pages cannot be given back");
        }
    }

    private static long giveBack(MethodHandle advise, UnwrittenMappings.Mapping mapping) {
        try {
            int failed = (int) advise.invokeExact(mapping.from(), mapping.length(), MADV_DONTNEED);
            return failed == 0 ? mapping.length() : 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle advise() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("madvise");
        return linker.downcallHandle(
                function.orElseThrow(() -> new IllegalStateException("the C library has no madvise")),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }
}
