package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers: below the range from which the system takes ports for outgoing connections. */
public final class FreePorts {

    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private FreePorts() {}

    /** A port that is free, and so is the one above. */
    public static int pair() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket _ = new ServerSocket(port);
                    ServerSocket _ = new ServerSocket(port + 1)) {
                return port;
            } catch (IOException _) {
                // Taken: another one.
            }
        }
    }
}
