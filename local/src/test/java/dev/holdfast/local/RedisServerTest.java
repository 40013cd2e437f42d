package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** With real servers. */
class RedisServerTest {
    @Test
    void theBundledServerKeepsEverythingInMemoryAndEvictsNothing() throws Exception {
        try (var leash = Leash.attach()) {
            var server = new RedisServer(leash, RedisBinary.find(null, leash.directory()), "redis", new Ports().free());
            server.start();

            assertThat(ask(server, "CONFIG GET maxmemory-policy")).contains("noeviction");
            assertThat(ask(server, "CONFIG GET save")).doesNotContain(" ").contains("$0");
            assertThat(ask(server, "CONFIG GET appendonly")).contains("no");
            assertThat(ask(server, "CONFIG GET bind")).contains("127.0.0.1").doesNotContain("*\r\n");
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (var leash = Leash.attach();
                var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var binary = RedisBinary.find(null, leash.directory());
            var server = new RedisServer(leash, binary, "redis-0", taken.getLocalPort());

            assertThatThrownBy(server::start)
                    .hasMessageStartingWith("redis-0 does not start on port " + taken.getLocalPort() + ": ")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aServerThatIsNoneIsRefused() throws Exception {
        try (var leash = Leash.attach()) {
            assertThatThrownBy(() -> RedisBinary.find("/bin/true", leash.directory()))
                    .hasMessage("/bin/true is no Redis server that runs here; name another with --redis-server");
        }
    }

    private static String ask(RedisServer server, String command) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
