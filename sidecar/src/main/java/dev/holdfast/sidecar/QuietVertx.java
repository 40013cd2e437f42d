package dev.holdfast.sidecar;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;

/** Vert.x with what the sidecar needs of it, and asleep while nothing happens. */
final class QuietVertx {

    /** Vert.x warns of an event loop that has been blocked for 2 s, and looks for one each second unless told otherwise. */
    private static final int BLOCKED_CHECK_SECONDS = 10;

    private static final int HOURS_ASLEEP = 1;

    private QuietVertx() {}

    static Vertx start() {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(BLOCKED_CHECK_SECONDS)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.SECONDS)
                // Else it wants a directory to write to, and a container has none.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        Vertx vertx = Vertx.vertx(options);
        // An event loop without a task to come wakes up each second, to see whether it has one.
        ((VertxInternal) vertx)
                .acceptorEventLoopGroup()
                .forEach(loop -> loop.scheduleAtFixedRate(() -> {}, HOURS_ASLEEP, HOURS_ASLEEP, TimeUnit.HOURS));
        return vertx;
    }
}
