package dev.holdfast.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The little of Redis' protocol that a test needs. */
final class RedisConnection implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;

    RedisConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        input = new BufferedInputStream(socket.getInputStream());
    }

    /** A Long for an integer; else a String: a text, a status, or an error with its minus sign. */
    Object call(String... command) throws IOException {
        var request = new StringBuilder("*" + command.length + "\r\n");
        for (var word : command) {
            request.append("$%d\r\n%s\r\n".formatted(word.length(), word));
        }
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
        var first = line();
        return switch (first.charAt(0)) {
            case ':' -> Long.valueOf(first.substring(1));
            case '$' -> {
                var text =
                        new String(input.readNBytes(Integer.parseInt(first.substring(1))), StandardCharsets.US_ASCII);
                line();
                yield text;
            }
            default -> first;
        };
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new IOException("closed after " + line);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
