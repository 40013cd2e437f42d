package dev.holdfast.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * Asks one sidecar for one lock, again and again over one connection. A general HTTP client hands each answer from thread
 * to thread; here the thread that asks also reads, so that the times are those of the answer and asking costs little.
 */
final class StateConnection implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Socket socket = new Socket();
    private final InputStream input;
    private final byte[] request;

    StateConnection(int port, String lock, Duration timeout) throws IOException {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            socket.connect(address, Math.toIntExact(timeout.toMillis()));
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            socket.setTcpNoDelay(true);
            input = new BufferedInputStream(socket.getInputStream());
            request = ("GET /v1/locks/" + lock + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** After an exception the connection is of no use any more. */
    LockState ask() throws IOException {
        socket.getOutputStream().write(request);
        if (!line().startsWith("HTTP/1.1 200 ")) {
            throw new IOException("no state");
        }
        int length = 0;
        for (var header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
        }
        return LockState.of(JSON.readTree(input.readNBytes(length)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
