package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * One connection to one node, on which one thread writes while another reads. A TCP connection never outlives the server
 * process at its other end, so what the handshake learned of that process holds for the whole connection.
 */
final class NodeConnection extends Connection {

    private static final int CONNECT_MILLIS = 1000;
    private static final int HANDSHAKE_MILLIS = 1000;

    /** More than ever is under way on one connection, so that a write never blocks; a new one's own may be a fifth of it. */
    private static final int SEND_BUFFER = 256 * 1024;

    // Without an initializer: the superclass's constructor has connected before one would run.
    private boolean opened;

    private NodeConnection(HostAndPort address, JedisClientConfig config) {
        super(new Sockets(address, config), config);
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
        NodeConnection connection =
                new NodeConnection(new HostAndPort(endpoint.host(), endpoint.port()), config.build());
        connection.opened = true;
        return connection;
    }

    /**
     * Connects, once.
     *
     * @throws JedisConnectionException ever after: Jedis would connect a closed connection anew with the next command, and
     *     its answer would be taken for that to a command which the old one had carried
     */
    @Override
    public void connect() {
        if (opened && !isConnected()) {
            throw new JedisConnectionException("the connection has ended");
        }
        super.connect();
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

    private static final class Sockets extends DefaultJedisSocketFactory {
        Sockets(HostAndPort address, JedisClientConfig config) {
            super(address, config);
        }

        @Override
        public Socket createSocket() {
            Socket socket = super.createSocket();
            try {
                socket.setSendBufferSize(SEND_BUFFER);
            } catch (SocketException e) {
                throw new JedisConnectionException("cannot set up the connection", e);
            }
            return socket;
        }
    }
}
