package dev.holdfast.sidecar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.sidecar.redlock.Environment;
import dev.holdfast.sidecar.redlock.LockNode.Subscription;
import dev.holdfast.sidecar.redlock.Reply;
import dev.holdfast.sidecar.redlock.Timers;
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
 * <p>Messages may be lost with the connection; whoever waits looks now and then as well. A connection that was cut without
 * a word is silent like one on which nothing happens, so each subscription must be confirmed, and while there is one the
 * node is asked for a sign of life now and then.
 */
final class Notifications {

    private static final long SIGN_OF_LIFE_EVERY = 15_000_000_000L;

    private final NodeSet set;
    private final Endpoint endpoint;
    private final Environment environment;
    private final Map<String, Channel> channels = new HashMap<>();
    private @Nullable Thread reader;
    private volatile @Nullable Connected connected;
    private Timers.@Nullable Timer signOfLife;
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

    void close() {
        closed = true;
        reset();
        synchronized (this) {
            if (reader != null) {
                reader.interrupt();
            }
        }
    }

    /** Makes the connection anew, if there is one. */
    void reset() {
        Connected now = connected;
        if (now != null) {
            now.connection.abort();
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
                Pulse pulse = begin(fresh);
                reconnecting.connected();
                while (true) {
                    if (fresh.read() instanceof List<?> message) {
                        onMessage(message, pulse);
                    }
                }
            } catch (JedisException | IllegalStateException _) {
                // The lane of the same node reports what is wrong with it.
            }
            end();
            reconnecting.pause();
        }
    }

    private synchronized Pulse begin(NodeConnection fresh) {
        Pulse pulse = new Pulse(environment, fresh::abort);
        connected = new Connected(fresh, pulse);
        channels.keySet().forEach(name -> command(Command.SUBSCRIBE, name));
        signOfLife = environment.timers().after(SIGN_OF_LIFE_EVERY, this::askForSignOfLife);
        if (closed) {
            fresh.abort();
        }
        return pulse;
    }

    private synchronized void end() {
        if (connected != null) {
            connected.pulse.stop();
            connected = null;
        }
        if (signOfLife != null) {
            signOfLife.cancel();
            signOfLife = null;
        }
        channels.values().forEach(channel -> channel.active = false);
    }

    private synchronized void askForSignOfLife() {
        if (connected == null) {
            return;
        }
        // Not PING, which the node's user may not be allowed; a channel that it has already is confirmed again.
        channels.keySet().stream().findFirst().ifPresent(name -> command(Command.SUBSCRIBE, name));
        signOfLife = environment.timers().after(SIGN_OF_LIFE_EVERY, this::askForSignOfLife);
    }

    /** Each is answered once. */
    private void command(Command command, String name) {
        Connected to = connected;
        if (to == null) {
            return;
        }
        to.pulse.asked();
        try {
            to.connection.write(new CommandArguments(command).add(name));
            to.connection.flush();
        } catch (JedisException _) {
            to.connection.abort();
        }
    }

    private void onMessage(List<?> message, Pulse pulse) {
        String kind = text(message, 0);
        if (!kind.equals("message")) {
            pulse.answered();
        }
        String name = text(message, 1);
        List<Observer> observers;
        synchronized (this) {
            Channel channel = channels.get(name);
            if (channel == null || kind.equals("unsubscribe") || (kind.equals("subscribe") && channel.active)) {
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

    private record Connected(NodeConnection connection, Pulse pulse) {}

    private record Observer(Runnable active, Consumer<Reply.Observed> observer) {}

    private static final class Channel {
        private final List<Observer> observers = new ArrayList<>(1);
        private boolean active;
    }
}
