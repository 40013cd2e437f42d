package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.DistributedLockSpec.AppHealth;
import dev.holdfast.crds.DistributedLockSpec.Exposure;
import dev.holdfast.crds.DistributedLockSpec.HolderService;
import dev.holdfast.crds.DistributedLockSpec.HttpGet;
import dev.holdfast.crds.DistributedLockSpec.Mode;
import dev.holdfast.crds.DistributedLockSpec.Port;
import dev.holdfast.crds.DistributedLockSpec.ReadinessGate;
import dev.holdfast.crds.DurationText;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A DistributedLock as it stands in a file, so that rules across resources can still name the line. */
record LockFields(Fields spec, DeclaredLock lock) {
    static LockFields read(Metadata metadata, Fields spec) throws InvalidResource {
        spec.only("mode", "nodeSet", "leaseDuration", "lockDelay", "maxHold", "exposure", "appHealth");
        var lock = new DistributedLockSpec(
                spec.choice("mode", Mode.class, Mode.Leader),
                spec.text("nodeSet", DistributedLockSpec.DEFAULT_NODE_SET),
                leaseDuration(spec),
                lockDelay(spec),
                maxHold(spec),
                exposure(spec),
                appHealth(spec));
        if (lock.mode() == Mode.Mutex) {
            requireNothingOfALeader(spec, lock);
        }
        return new LockFields(spec, new DeclaredLock(metadata, lock));
    }

    private static void requireNothingOfALeader(Fields spec, DistributedLockSpec lock) throws InvalidResource {
        if (!lock.exposure().equals(Exposure.NONE)) {
            throw spec.at(
                    "exposure",
                    "spec.exposure shows the holder of a lock of mode Leader; a Mutex lock has none: remove exposure");
        }
        if (lock.appHealth() != null) {
            throw spec.at(
                    "appHealth",
                    "spec.appHealth decides who campaigns for a lock of mode Leader; remove it from a Mutex lock");
        }
    }

    /** The rule that needs both resources. */
    void requireFits(DeclaredNodeSet set) throws InvalidResource {
        var longest = set.spec().maxLeaseDuration();
        if (lock.spec().leaseDuration().compareTo(longest) > 0) {
            throw spec.at(
                    "leaseDuration",
                    "spec.leaseDuration is " + DurationText.format(lock.spec().leaseDuration())
                            + ", above maxLeaseDuration " + DurationText.format(longest) + " of RedisNodeSet \""
                            + set.metadata().name() + "\"; shorten the one or lengthen the other");
        }
    }

    InvalidResource unknownNodeSet() {
        return spec.at(
                "nodeSet",
                "spec.nodeSet is \"" + lock.spec().nodeSet()
                        + "\", but no file given declares that RedisNodeSet; add it, or leave nodeSet out");
    }

    private static Duration leaseDuration(Fields spec) throws InvalidResource {
        var lease = spec.duration("leaseDuration", DistributedLockSpec.DEFAULT_LEASE);
        if (lease.compareTo(DistributedLockSpec.SHORTEST_LEASE) < 0
                || lease.compareTo(DistributedLockSpec.LONGEST_LEASE) > 0) {
            throw spec.at(
                    "leaseDuration",
                    "spec.leaseDuration is " + DurationText.format(lease) + "; write a duration from 1s to 10m");
        }
        return lease;
    }

    private static Duration lockDelay(Fields spec) throws InvalidResource {
        var delay = spec.duration("lockDelay", Duration.ZERO);
        if (delay.compareTo(DistributedLockSpec.LONGEST_LEASE) > 0) {
            throw spec.at("lockDelay", "spec.lockDelay is " + DurationText.format(delay) + "; write at most 10m");
        }
        return delay;
    }

    private static @Nullable Duration maxHold(Fields spec) throws InvalidResource {
        var maxHold = spec.duration("maxHold");
        if (maxHold != null && maxHold.compareTo(DistributedLockSpec.SHORTEST_LEASE) < 0) {
            throw spec.at(
                    "maxHold",
                    "spec.maxHold is " + DurationText.format(maxHold)
                            + "; write at least 1s, or leave it out for no limit");
        }
        return maxHold;
    }

    private static Exposure exposure(Fields spec) throws InvalidResource {
        var nested = spec.nested("exposure");
        if (nested.isEmpty()) {
            return Exposure.NONE;
        }
        var exposure = nested.get().only("readinessGate", "service");
        return new Exposure(
                exposure.choice("readinessGate", ReadinessGate.class, ReadinessGate.Off), service(exposure));
    }

    private static @Nullable HolderService service(Fields exposure) throws InvalidResource {
        var nested = exposure.nested("service");
        if (nested.isEmpty()) {
            return null;
        }
        var service = nested.get().only("name", "ports");
        var ports = new ArrayList<Port>();
        for (var entry : service.list("ports")) {
            entry.only("name", "port", "targetPort");
            ports.add(new Port(entry.text("name"), port(entry, "port"), targetPort(entry)));
        }
        if (ports.isEmpty()) {
            throw service.at("ports", service.full("ports") + " is empty; name at least one port");
        }
        return new HolderService(service.text("name"), ports);
    }

    private static @Nullable IntOrString targetPort(Fields entry) throws InvalidResource {
        try {
            var number = entry.number("targetPort");
            return number == null ? null : new IntOrString(number);
        } catch (InvalidResource _) {
            var name = entry.text("targetPort");
            return name == null ? null : new IntOrString(name);
        }
    }

    private static @Nullable AppHealth appHealth(Fields spec) throws InvalidResource {
        var nested = spec.nested("appHealth");
        if (nested.isEmpty()) {
            return null;
        }
        var health = nested.get().only("httpGet", "periodSeconds", "failureThreshold");
        var httpGet = health.nested("httpGet")
                .orElseThrow(() -> health.at("httpGet", "spec.appHealth.httpGet is missing; give its path and port"))
                .only("path", "port");
        return new AppHealth(
                new HttpGet(httpGet.required("path", "write for example /healthz"), port(httpGet, "port")),
                health.number("periodSeconds", AppHealth.DEFAULT_PERIOD_SECONDS, 1, 3600),
                health.number("failureThreshold", AppHealth.DEFAULT_FAILURE_THRESHOLD, 1, 100));
    }

    private static int port(Fields fields, String name) throws InvalidResource {
        if (!fields.has(name)) {
            throw fields.at(name, fields.full(name) + " is missing; write a port number");
        }
        return fields.number(name, 0, 1, 65535);
    }
}
