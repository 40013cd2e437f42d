package dev.holdfast.sidecar.redlock;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The clocks of this machine: on Linux all three by {@code clock_gettime}, elsewhere {@link System#nanoTime} alone.
 * Thread-safe.
 */
final class SystemClock implements MonotonicClock {

    private static final int MONOTONIC = 1;
    private static final int MONOTONIC_RAW = 4;
    private static final int BOOTTIME = 7;

    /** Linking takes long, by the measure of a start: it begins at once, beside what else there is to do. */
    private SystemClock() {
        Thread.ofPlatform().daemon().name("holdfast-clock").start(this::now);
    }

    /** The three clocks, if this machine has them. */
    static Optional<MonotonicClock> ofThree() {
        return System.getProperty("os.name").equals("Linux") ? Optional.of(new SystemClock()) : Optional.empty();
    }

    @Override
    public Tick now() {
        long[] timespec = new long[2];
        MemorySegment segment = MemorySegment.ofArray(timespec);
        return new Tick(
                read(BOOTTIME, segment, timespec),
                read(MONOTONIC, segment, timespec),
                read(MONOTONIC_RAW, segment, timespec));
    }

    private static long read(int clock, MemorySegment segment, long[] timespec) {
        try {
            int failed = (int) Native.CLOCK_GETTIME.invokeExact(clock, segment);
            if (failed != 0) {
                throw new IllegalStateException("clock_gettime(" + clock + ") failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return timespec[0] * 1_000_000_000L + timespec[1];
    }

    /** Linked on first use, and constant, so that the compiler makes a plain call of it. */
    private static final class Native {
        static final MethodHandle CLOCK_GETTIME = link();

        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            MemorySegment function = linker.defaultLookup()
                    .find("clock_gettime")
                    .orElseThrow(() -> new IllegalStateException("the C library has no clock_gettime"));
            return linker.downcallHandle(
                    function,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                    Linker.Option.critical(true));
        }
    }
}
