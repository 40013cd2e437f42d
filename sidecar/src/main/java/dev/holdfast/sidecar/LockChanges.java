package dev.holdfast.sidecar;

import dev.holdfast.sidecar.config.AppHealth;
import dev.holdfast.sidecar.config.HandOver;
import dev.holdfast.sidecar.config.LockConfig;
import dev.holdfast.sidecar.config.SidecarConfig.Start;
import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.http.ApplicationProbe;
import dev.holdfast.sidecar.mutex.Mutex;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a lock's settings to what serves it: when it starts, and when they change. */
final class LockChanges implements BiConsumer<LockConfig, LockConfig>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("config");

    private final Vertx vertx;
    private final Start start;
    private final Map<String, Election> elections = new HashMap<>();
    private final Map<String, Mutex> mutexes = new HashMap<>();
    private final Map<String, ApplicationProbe> probes = new HashMap<>();

    LockChanges(Vertx vertx, Start start, List<Election> elections, List<Mutex> mutexes) {
        this.vertx = vertx;
        this.start = start;
        elections.forEach(election -> this.elections.put(election.lock(), election));
        mutexes.forEach(mutex -> this.mutexes.put(mutex.lock(), mutex));
    }

    /** Before the elections start: where the application is asked, this pod does not campaign until it is healthy. */
    synchronized void begin(LockConfig lock) {
        Election election = elections.get(lock.lock().name());
        if (election != null && lock.appHealth().isPresent()) {
            // An application that starts only when the lock is held cannot be healthy before.
            boolean awaited = start == Start.WHEN_HELD;
            election.allow(awaited);
            ask(election, lock.appHealth().orElseThrow(), awaited, awaited);
        }
    }

    private void ask(Election election, AppHealth health, boolean presumedHealthy, boolean awaited) {
        String name = election.lock();
        ApplicationProbe probe = new ApplicationProbe(
                vertx, name, health, presumedHealthy, awaited, healthy -> judge(election, healthy));
        probes.put(name, probe);
        probe.start();
    }

    /** What a probe says that was taken away meanwhile does not count. */
    private synchronized void judge(Election election, boolean healthy) {
        if (probes.containsKey(election.lock())) {
            election.allow(healthy);
        }
    }

    @Override
    public synchronized void accept(LockConfig before, LockConfig now) {
        String name = now.lock().name();
        Election election = elections.get(name);
        Mutex mutex = mutexes.get(name);
        if (election != null && !now.lock().equals(before.lock())) {
            election.change(now.lock());
        }
        if (mutex != null) {
            mutex.change(now.lock());
        }
        if (election != null && !now.appHealth().equals(before.appHealth())) {
            changeHealth(election, now.appHealth());
        }
        log.atInfo()
                .addKeyValue("lock", name)
                .addKeyValue("leaseDuration", now.lock().leaseDuration())
                .addKeyValue("lockDelay", now.lock().lockDelay())
                .addKeyValue(
                        "maxHold", now.lock().maxHold().map(Object::toString).orElse("none"))
                .addKeyValue("appHealth", now.appHealth().isPresent())
                .log("settings have changed");
    }

    /** Nothing happens where this pod does not lead with that token. */
    synchronized void handOver(String lock, HandOver asked) {
        Election election = elections.get(lock);
        if (election != null) {
            log.atInfo()
                    .addKeyValue("lock", lock)
                    .addKeyValue("fencingToken", asked.token())
                    .addKeyValue("successor", asked.successor())
                    .log("asked to hand over");
            election.handOver(asked.token(), asked.successor());
        }
    }

    private void changeHealth(Election election, Optional<AppHealth> now) {
        ApplicationProbe probe = probes.get(election.lock());
        if (now.isEmpty() && probe != null) {
            probes.remove(election.lock());
            probe.close();
            election.allow(true);
        } else if (probe != null) {
            probe.change(now.orElseThrow());
        } else {
            // It leads, or may: that is not taken away before the application has been asked.
            ask(election, now.orElseThrow(), true, false);
        }
    }

    @Override
    public synchronized void close() {
        probes.values().forEach(ApplicationProbe::close);
    }
}
