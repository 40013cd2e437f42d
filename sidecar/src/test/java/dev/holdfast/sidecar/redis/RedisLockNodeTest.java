package dev.holdfast.sidecar.redis;

import dev.holdfast.sidecar.redlock.LockNode;
import dev.holdfast.sidecar.redlock.LockNodeContract;
import dev.holdfast.sidecar.redlock.SystemEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** The contract on the bundled Redis. */
@Timeout(60)
class RedisLockNodeTest extends LockNodeContract {

    private SystemEnvironment system;
    private RedisProcess server;
    private LockNode node;

    @BeforeEach
    void start() throws IOException {
        system = new SystemEnvironment();
        server = server();
        NodeSet set = new NodeSet(
                "test",
                UUID.randomUUID().toString(),
                List.of(server.endpoint()),
                Duration.ofSeconds(60),
                false,
                Security.none());
        node = RedisNodes.connect(set, system.environment()).getFirst();
    }

    /** With an append-only file, so that a restart keeps the data. */
    RedisProcess server() throws IOException {
        return RedisProcess.bundled("--appendonly", "yes", "--appendfsync", "always");
    }

    @AfterEach
    void stop() {
        node.close();
        system.close();
        server.close();
    }

    @Override
    protected LockNode node() {
        return node;
    }

    @Override
    protected boolean keepsData() {
        return true;
    }

    @Override
    protected void restartEmpty() {
        wipe();
        restartWithData();
    }

    @Override
    protected void restartWithData() {
        try {
            server.restart();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void wipe() {
        try {
            server.command("FLUSHALL");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
