package dev.holdfast.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** What the examples write to: takes a PUT of {@code WORKER STEP} with a Fencing-Token, and refuses old tokens. Thread-safe. */
final class GuardedResource implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** A write that arrived, in the order of arrival. */
    record Write(String worker, long token, boolean accepted) {}

    private final FencedLedger ledger = new FencedLedger();
    private final List<Write> writes = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    GuardedResource() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::put);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/resource";
    }

    private void put(HttpExchange exchange) throws IOException {
        try (exchange) {
            var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var token = Long.parseLong(exchange.getRequestHeaders().getFirst("Fencing-Token"));
            exchange.sendResponseHeaders(write(text.split(" ")[0], token) ? 204 : 409, -1);
        }
    }

    private synchronized boolean write(String worker, long token) {
        var accepted = ledger.write(token);
        writes.add(new Write(worker, token, accepted));
        return accepted;
    }

    synchronized int count() {
        return writes.size();
    }

    /** All but the first so many. */
    synchronized List<Write> after(int count) {
        return List.copyOf(writes.subList(count, writes.size()));
    }

    /** Waits until so many writes of a worker beyond the first so many have been accepted; gives the first of them. */
    Write await(int count, String worker, int writes) {
        Predicate<Write> ofWorker = write -> write.accepted() && write.worker().equals(worker);
        Awaitility.await(writes + " writes of " + worker + " to " + url())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> after(count).stream().filter(ofWorker).count() >= writes);
        return after(count).stream().filter(ofWorker).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
