package dev.holdfast.sidecar.mutex;

import dev.holdfast.sidecar.redlock.Environment;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys that this process holds, of all its locks together. Thread-safe. */
public final class Leases implements AutoCloseable {

    /** How many keys one process may hold or ask for at once. */
    public static final int MOST = 1000;

    private static final Logger log = LoggerFactory.getLogger("mutex");
    private static final int ID_BYTES = 16;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");
    private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(2);

    private final Environment environment;
    private final Clock wallClock;
    private final int most;
    private final AtomicInteger reserved = new AtomicInteger();
    private final Map<String, KeyLease> held = new ConcurrentHashMap<>();
    private final Map<String, KeyEnding> over;
    private final Set<Runnable> asking = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** No keys yet. */
    public Leases(Environment environment, Clock wallClock) {
        this(environment, wallClock, MOST);
    }

    /**
     * With a limit of one's own.
     *
     * @param most how many keys may be held or asked for at once; as many endings are remembered
     */
    public Leases(Environment environment, Clock wallClock, int most) {
        this.environment = environment;
        this.wallClock = wallClock;
        this.most = most;
        this.over = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, KeyEnding> eldest) {
                return size() > most;
            }
        };
    }

    /** What an id stands for. */
    public Found find(String id) {
        KeyLease lease = held.get(id);
        if (lease != null) {
            return new Found.Held(lease);
        }
        if (!ID.matcher(id).matches()) {
            return new Found.NoId();
        }
        synchronized (over) {
            return new Found.Over(Optional.ofNullable(over.get(id)));
        }
    }

    /** The keys that are held now. */
    public Collection<KeyLease> held() {
        return List.copyOf(held.values());
    }

    /**
     * Releases all, and gives out no more. Blocks until the nodes have decided, for two seconds at most. What is being
     * acquired at this moment is given back in the background: {@code Redlock.drain} tells when.
     */
    @Override
    public void close() {
        stopping = true;
        asking.forEach(Runnable::run);
        List<CompletableFuture<Boolean>> released = new ArrayList<>();
        held.values().forEach(lease -> released.add(lease.end(KeyEnding.STOPPED)));
        CompletableFuture.allOf(released.toArray(CompletableFuture[]::new))
                .orTimeout(RELEASE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, _) -> true)
                .join();
    }

    boolean isStopping() {
        return stopping;
    }

    int most() {
        return most;
    }

    Environment environment() {
        return environment;
    }

    Clock wallClock() {
        return wallClock;
    }

    /** A place for one more key, until {@link #giveUp} or the key's end; false if there is none. */
    boolean reserve() {
        if (reserved.incrementAndGet() > most) {
            reserved.decrementAndGet();
            return false;
        }
        return true;
    }

    void giveUp() {
        reserved.decrementAndGet();
    }

    /** Whoever waits is told when this process ends. */
    void wakeOnClose(CompletableFuture<KeyAcquisition> waiter) {
        Runnable wake = () -> waiter.complete(new KeyAcquisition.Stopping());
        asking.add(wake);
        waiter.whenComplete((_, _) -> asking.remove(wake));
        if (stopping) {
            wake.run();
        }
    }

    String newId() {
        byte[] bits = new byte[ID_BYTES];
        environment.random().nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    void add(KeyLease lease) {
        held.put(lease.id(), lease);
        log.atDebug()
                .addKeyValue("lock", lease.lock())
                .addKeyValue("key", lease.key().text())
                .addKeyValue("fencingToken", lease.fencingToken())
                .log("key acquired");
    }

    void ended(KeyLease lease, KeyEnding why) {
        synchronized (over) {
            over.put(lease.id(), why);
        }
        if (held.remove(lease.id()) != null) {
            giveUp();
        }
        // A key may be taken a thousand times a second: only what its holder did not ask for is news.
        (why == KeyEnding.RELEASED ? log.atDebug() : log.atInfo())
                .addKeyValue("lock", lease.lock())
                .addKeyValue("key", lease.key().text())
                .addKeyValue("fencingToken", lease.fencingToken())
                .addKeyValue("reason", why)
                .log("key not held any more");
    }

    /** What an id stands for. */
    public sealed interface Found {

        /** A key that is held, or is just about to be told lost. */
        record Held(KeyLease lease) implements Found {}

        /** A key that is not held any more, or was another process's; why, if that is remembered. */
        record Over(Optional<KeyEnding> why) implements Found {}

        /** No id of a lease at all. */
        record NoId() implements Found {}
    }
}
