package dev.holdfast.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hands out free TCP ports, each once. They lie below the range from which operating systems take the ports of outgoing
 * connections, so that a process that is started again finds its port free.
 */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 31_999;

    private int next = ThreadLocalRandom.current().nextInt(FIRST, LAST);

    synchronized int free() throws LocalFailure {
        for (int tries = FIRST; tries <= LAST; tries++) {
            next = next == LAST ? FIRST : next + 1;
            if (isFree(next)) {
                return next;
            }
        }
        throw new LocalFailure("no free TCP port from " + FIRST + " to " + LAST);
    }

    /** Whether both a loopback listener and one on all addresses could be opened. */
    static boolean isFree(int port) {
        return canListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                && canListen(new InetSocketAddress(port));
    }

    private static boolean canListen(InetSocketAddress address) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
