package dev.holdfast.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The floor: SET NX PX written to all nodes, then all replies read; the release likewise. Nothing is checked but that
 * a reply came: no quorum, no validity, no fencing. Bytes are encoded by hand; a caller has three sockets to itself.
 */
final class RawSockets implements Contestant {
    /** What a release sends: the leaner DEL would free a lock that is someone else's by now. */
    enum ReleaseBy {
        DEL,
        COMPARE_AND_DELETE
    }

    private static final String DELETE_OWN =
            "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end";

    private final ReleaseBy releaseBy;

    RawSockets(ReleaseBy releaseBy) {
        this.releaseBy = releaseBy;
    }

    @Override
    public String name() {
        return switch (releaseBy) {
            case DEL -> "raw sockets (DEL)";
            case COMPARE_AND_DELETE -> "raw sockets (EVALSHA)";
        };
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) throws IOException {
        return new Client(testbed.redisPorts(), lease.toMillis());
    }

    private final class Client implements LockClient {
        private final List<Integer> ports;
        private final long leaseMillis;
        private final ConcurrentLinkedDeque<Nodes> idle = new ConcurrentLinkedDeque<>();

        Client(List<Integer> ports, long leaseMillis) {
            this.ports = ports;
            this.leaseMillis = leaseMillis;
        }

        @Override
        public Hold take(String key) throws IOException {
            var borrowed = idle.pollFirst();
            var nodes = borrowed != null ? borrowed : new Nodes(ports);
            var token = Long.toHexString(System.nanoTime());
            nodes.exchange(command("SET", key, token, "NX", "PX", Long.toString(leaseMillis)));
            return () -> {
                nodes.exchange(
                        switch (releaseBy) {
                            case DEL -> command("DEL", key);
                            case COMPARE_AND_DELETE -> command("EVALSHA", nodes.deleteOwn, "1", key, token);
                        });
                idle.addFirst(nodes);
            };
        }

        @Override
        public void close() throws IOException {
            for (var nodes = idle.poll(); nodes != null; nodes = idle.poll()) {
                nodes.close();
            }
        }
    }

    private static byte[] command(String... words) {
        var text = new StringBuilder(128).append('*').append(words.length).append("\r\n");
        for (var word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(US_ASCII);
    }

    /** One caller's sockets. */
    private static final class Nodes implements AutoCloseable {
        private final List<Socket> sockets = new ArrayList<>();
        private final List<InputStream> replies = new ArrayList<>();
        private final List<OutputStream> requests = new ArrayList<>();
        private final String deleteOwn;

        Nodes(List<Integer> ports) throws IOException {
            for (var port : ports) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                replies.add(new BufferedInputStream(socket.getInputStream(), 256));
                requests.add(socket.getOutputStream());
            }
            deleteOwn = exchange(command("SCRIPT", "LOAD", DELETE_OWN));
        }

        String exchange(byte[] request) throws IOException {
            for (var out : requests) {
                out.write(request);
            }
            var last = "";
            for (var in : replies) {
                last = reply(in);
            }
            return last;
        }

        private static String reply(InputStream in) throws IOException {
            var line = line(in);
            return switch (line.charAt(0)) {
                case '-' -> throw new IOException("Redis says " + line);
                case '$' -> line.startsWith("$-1") ? "" : line(in);
                default -> line;
            };
        }

        private static String line(InputStream in) throws IOException {
            var line = new StringBuilder(48);
            for (var next = in.read(); next != '\r'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException();
                }
                line.append((char) next);
            }
            in.read(); // the line feed
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }
}
