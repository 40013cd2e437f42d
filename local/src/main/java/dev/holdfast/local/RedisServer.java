package dev.holdfast.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One Redis node: memory only, loopback only, and never evicting, as a lock node must not forget. */
final class RedisServer {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Child child;
    private final int port;

    RedisServer(Leash leash, RedisBinary binary, String name, int port) {
        this.port = port;
        this.child = new Child(
                leash,
                name,
                List.of(
                        binary.path(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--protected-mode",
                        "yes",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--maxmemory-policy",
                        "noeviction",
                        "--daemonize",
                        "no"),
                Map.of());
    }

    Child child() {
        return child;
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void start() throws LocalFailure {
        child.start();
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (!child.isAlive()) {
                throw new LocalFailure(child.name() + " does not start on port " + port + ": " + child.lastWords());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LocalFailure(child.name() + " does not answer on port " + port + ": " + child.lastWords());
            }
            Pause.of(Duration.ofMillis(10));
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException _) {
            return false;
        }
    }
}
