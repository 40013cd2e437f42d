package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;

/**
 * One connection to one node, on which one thread writes while another reads. A TCP connection never outlives the server
 * process at its other end, so what the handshake learned of that process holds for the whole connection.
 */
final class NodeConnection extends Connection {

    private static final int CONNECT_MILLIS = 1000;
    private static final int HANDSHAKE_MILLIS = 1000;

    private NodeConnection(HostAndPort address, JedisClientConfig config) {
        super(new DefaultJedisSocketFactory(address, config), config);
    }

    /** Connects and logs in. */
    static NodeConnection open(Endpoint endpoint, Security security) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp2()
                .connectionTimeoutMillis(CONNECT_MILLIS)
                .socketTimeoutMillis(HANDSHAKE_MILLIS)
                .clientName("holdfast");
        Optional<Security.Credentials> credentials = security.credentials().get();
        credentials.ifPresent(login -> config.user(login.user()).password(login.password()));
        security.certificateAuthority().ifPresent(authority -> config.sslOptions(Tls.trusting(authority)));
        return new NodeConnection(new HostAndPort(endpoint.host(), endpoint.port()), config.build());
    }

    /** From now on a read waits as long as it takes; whoever gives up closes the connection. */
    void waitForever() {
        setTimeoutInfinite();
    }

    void write(CommandArguments command) {
        sendCommand(command);
    }

    @Override
    public void flush() {
        super.flush();
    }

    Object read() {
        return getUnflushedObject();
    }

    /** What a script answers: during the handshake, when nothing else is under way. */
    Object call(CommandArguments command) {
        return executeCommand(command);
    }

    String info() {
        sendCommand(Protocol.Command.INFO);
        return getBulkReply();
    }

    void loadScripts() {
        for (Script script : Script.values()) {
            write(new CommandArguments(Protocol.Command.SCRIPT)
                    .add(Protocol.Keyword.LOAD)
                    .add(script.text()));
        }
        List<Object> replies = getMany(Script.values().length);
        for (Object reply : replies) {
            if (reply instanceof RuntimeException refused) {
                throw refused;
            }
        }
    }

    /** Ends it from any thread; the reader and a blocked writer notice at once. */
    void abort() {
        try {
            forceDisconnect();
        } catch (IOException _) {
            // It is closed as far as anybody can see.
        }
    }
}
