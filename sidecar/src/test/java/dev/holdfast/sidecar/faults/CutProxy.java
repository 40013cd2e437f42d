package dev.holdfast.sidecar.faults;

import dev.holdfast.sidecar.redis.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a node: passes bytes on, swallows them without a word, delays them, or cuts the line. */
public final class CutProxy implements AutoCloseable {

    private volatile ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Endpoint target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
    private volatile boolean swallowing;
    private volatile long delayMillis;

    public CutProxy(Endpoint target) throws IOException {
        this.target = target;
        accept(server);
    }

    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    /** From now on bytes vanish in both directions and connections stay open: a partition. */
    public void swallow() {
        swallowing = true;
    }

    /** From now on bytes vanish on the connections that are open; new ones work: as with a balancer that forgets idle ones. */
    public void forget() {
        forgotten.addAll(sockets);
    }

    /** New connections work again; those that lost bytes are cut. */
    public void heal() {
        swallowing = false;
        cut();
    }

    /** Every open connection breaks. */
    void cut() {
        sockets.forEach(CutProxy::close);
    }

    /** Nobody listens any more, and every open connection breaks: the process at the other end is gone. */
    public void stop() throws IOException {
        server.close();
        cut();
    }

    /** It listens again, on the same port. */
    public void start() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(server.getLocalSocketAddress());
        server = again;
        accept(again);
    }

    /** Every piece takes so much longer in each direction. */
    void delay(long millis) {
        delayMillis = millis;
    }

    private void accept(ServerSocket on) {
        Thread.ofVirtual().start(() -> acceptAll(on));
    }

    private void acceptAll(ServerSocket on) {
        while (!on.isClosed()) {
            try {
                Socket near = on.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target.port());
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                sockets.add(near);
                sockets.add(far);
                Thread.ofVirtual().start(() -> pump(near, far));
                Thread.ofVirtual().start(() -> pump(far, near));
            } catch (IOException _) {
                // Closed, or the node is away: the client sees a broken connection.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                if (delayMillis > 0) {
                    Thread.sleep(delayMillis);
                }
                if (!swallowing && !forgotten.contains(from)) {
                    out.write(buffer, 0, count);
                }
            }
        } catch (IOException | InterruptedException _) {
            // Cut.
        }
        close(from);
        close(to);
        sockets.remove(from);
        sockets.remove(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is closed as far as anybody can see.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
