package dev.holdfast.sidecar.redlock;

import java.lang.foreign.Arena;
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

    private final MethodHandle clockGettime;
    private final ThreadLocal<MemorySegment> timespec =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

    private SystemClock(MethodHandle clockGettime) {
        this.clockGettime = clockGettime;
    }

    /** The three clocks, if this machine has them. */
    static Optional<MonotonicClock> ofThree() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("clock_gettime")
                .map(function -> new SystemClock(linker.downcallHandle(
                        function,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                        Linker.Option.critical(false))));
    }

    @Override
    public Tick now() {
        MemorySegment at = timespec.get();
        return new Tick(read(BOOTTIME, at), read(MONOTONIC, at), read(MONOTONIC_RAW, at));
    }

    private long read(int clock, MemorySegment at) {
        try {
            int failed = (int) clockGettime.invokeExact(clock, at);
            if (failed != 0) {
                throw new IllegalStateException("clock_gettime(" + clock + ") failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return at.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + at.get(ValueLayout.JAVA_LONG, 8);
    }
}
