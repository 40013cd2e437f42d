package dev.holdfast.sidecar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.LockNode.Subscription;
import dev.holdfast.sidecar.redlock.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One node's notifications of changes: a connection of its own, made when somebody first waits. Thread-safe.
 *
 * <p>Messages may be lost with the connection; whoever waits looks now and then as well.
 */
final class Notifications {

    private final NodeSet set;
    private final Endpoint endpoint;
    private final Environment environment;
    private final Map<String, Channel> channels = new HashMap<>();
    private @Nullable Thread reader;
    private @Nullable NodeConnection connection;
    private volatile boolean closed;

    Notifications(NodeSet set, Endpoint endpoint, Environment environment) {
        this.set = set;
        this.endpoint = endpoint;
        this.environment = environment;
    }

    Subscription subscribe(String lock, Runnable active, Consumer<Reply.Observed> observer) {
        String name = set.key("lock:" + lock);
        Observer added = new Observer(active, observer);
        synchronized (this) {
            Channel channel = channels.get(name);
            if (channel == null) {
                channel = new Channel();
                channels.put(name, channel);
                command(Command.SUBSCRIBE, name);
            } else if (channel.active) {
                environment.timers().after(0, active);
            }
            channel.observers.add(added);
            if (reader == null && !closed) {
                reader = Thread.ofPlatform()
                        .daemon()
                        .name("holdfast-notifications")
                        .start(this::run);
            }
        }
        return () -> cancel(name, added);
    }

    synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.abort();
        }
        if (reader != null) {
            reader.interrupt();
        }
    }

    /** Makes the connection anew, if there is one. */
    synchronized void reset() {
        if (connection != null) {
            connection.abort();
        }
    }

    private synchronized void cancel(String name, Observer observer) {
        Channel channel = channels.get(name);
        if (channel != null && channel.observers.remove(observer) && channel.observers.isEmpty()) {
            channels.remove(name);
            command(Command.UNSUBSCRIBE, name);
        }
    }

    private void run() {
        Reconnecting reconnecting = new Reconnecting(environment.random());
        while (!closed) {
            try (NodeConnection fresh = NodeConnection.open(endpoint, set.security())) {
                fresh.waitForever();
                begin(fresh);
                reconnecting.connected();
                while (true) {
                    onMessage((List<?>) fresh.read());
                }
            } catch (JedisException | IllegalStateException _) {
                // The lane of the same node reports what is wrong with it.
            }
            end();
            reconnecting.pause();
        }
    }

    private synchronized void begin(NodeConnection fresh) {
        connection = fresh;
        channels.keySet().forEach(name -> command(Command.SUBSCRIBE, name));
        if (closed) {
            fresh.abort();
        }
    }

    private synchronized void end() {
        connection = null;
        channels.values().forEach(channel -> channel.active = false);
    }

    private void command(Command command, String name) {
        NodeConnection to = connection;
        if (to == null) {
            return;
        }
        try {
            to.write(new CommandArguments(command).add(name));
            to.flush();
        } catch (JedisException _) {
            to.abort();
        }
    }

    private void onMessage(List<?> message) {
        String kind = text(message, 0);
        String name = text(message, 1);
        List<Observer> observers;
        synchronized (this) {
            Channel channel = channels.get(name);
            if (channel == null || kind.equals("unsubscribe")) {
                return;
            }
            channel.active = true;
            observers = List.copyOf(channel.observers);
        }
        if (kind.equals("subscribe")) {
            observers.forEach(observer -> observer.active.run());
        } else {
            Reply.Observed change = Replies.change(text(message, 2));
            observers.forEach(observer -> observer.observer.accept(change));
        }
    }

    private static String text(List<?> message, int index) {
        return message.get(index) instanceof byte[] bytes ? new String(bytes, UTF_8) : "";
    }

    private record Observer(Runnable active, Consumer<Reply.Observed> observer) {}

    private static final class Channel {
        private final List<Observer> observers = new ArrayList<>(1);
        private boolean active;
    }
}
