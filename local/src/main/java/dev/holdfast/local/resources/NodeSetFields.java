package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetSpec.PullSecret;
import dev.holdfast.crds.RedisNodeSetSpec.Resources;
import dev.holdfast.crds.RedisNodeSetSpec.Scheduling;
import dev.holdfast.crds.RedisNodeSetSpec.Spread;
import dev.holdfast.crds.RedisNodeSetSpec.Storage;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import dev.holdfast.crds.RedisNodeSetSpec.Toleration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a RedisNodeSet. */
final class NodeSetFields {
    private NodeSetFields() {}

    static DeclaredNodeSet read(Metadata metadata, Fields spec) throws InvalidResource {
        spec.only(
                "nodes",
                "image",
                "imagePullSecrets",
                "maxLeaseDuration",
                "storage",
                "resources",
                "tls",
                "scheduling",
                "external");
        return new DeclaredNodeSet(
                metadata,
                new RedisNodeSetSpec(
                        nodes(spec),
                        spec.text("image", RedisNodeSetSpec.DEFAULT_IMAGE),
                        pullSecrets(spec),
                        maxLeaseDuration(spec),
                        storage(spec),
                        resources(spec),
                        spec.choice("tls", Tls.class, Tls.Off),
                        scheduling(spec),
                        external(spec)));
    }

    private static int nodes(Fields spec) throws InvalidResource {
        var nodes = spec.number("nodes", RedisNodeSetSpec.NODES, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (!RedisNodeSetSpec.NODE_COUNTS.contains(nodes)) {
            throw spec.at("nodes", "spec.nodes is " + nodes + "; write 1, 3, 5, 7 or 9");
        }
        return nodes;
    }

    private static List<PullSecret> pullSecrets(Fields spec) throws InvalidResource {
        var secrets = new ArrayList<PullSecret>();
        for (var entry : spec.list("imagePullSecrets")) {
            secrets.add(new PullSecret(entry.only("name").required("name", "write the name of a Secret")));
        }
        return secrets;
    }

    private static Duration maxLeaseDuration(Fields spec) throws InvalidResource {
        var longest = spec.duration("maxLeaseDuration", RedisNodeSetSpec.DEFAULT_MAX_LEASE);
        if (longest.compareTo(DistributedLockSpec.SHORTEST_LEASE) < 0
                || longest.compareTo(DistributedLockSpec.LONGEST_LEASE) > 0) {
            throw spec.at("maxLeaseDuration", "spec.maxLeaseDuration is out of range; write a duration from 1s to 10m");
        }
        return longest;
    }

    private static @Nullable Storage storage(Fields spec) throws InvalidResource {
        var nested = spec.nested("storage");
        if (nested.isEmpty()) {
            return null;
        }
        var storage = nested.get().only("size", "storageClassName");
        return new Storage(storage.required("size", "write for example 1Gi"), storage.text("storageClassName"));
    }

    private static Resources resources(Fields spec) throws InvalidResource {
        var nested = spec.nested("resources");
        if (nested.isEmpty()) {
            return Resources.NONE;
        }
        var resources = nested.get().only("requests", "limits");
        return new Resources(resources.textMap("requests"), resources.textMap("limits"));
    }

    private static Scheduling scheduling(Fields spec) throws InvalidResource {
        var nested = spec.nested("scheduling");
        if (nested.isEmpty()) {
            return Scheduling.NONE;
        }
        var scheduling = nested.get().only("nodeSelector", "tolerations", "spread");
        var tolerations = new ArrayList<Toleration>();
        for (var entry : scheduling.list("tolerations")) {
            entry.only("key", "operator", "value", "effect", "tolerationSeconds");
            tolerations.add(new Toleration(
                    entry.text("key"),
                    entry.text("operator"),
                    entry.text("value"),
                    entry.text("effect"),
                    entry.number("tolerationSeconds")));
        }
        return new Scheduling(
                scheduling.textMap("nodeSelector"),
                tolerations,
                scheduling.choice("spread", Spread.class, Spread.Preferred));
    }

    private static @Nullable External external(Fields spec) throws InvalidResource {
        var nested = spec.nested("external");
        if (nested.isEmpty()) {
            return null;
        }
        var external = nested.get().only("endpoints", "credentialsSecret", "tls");
        var endpoints = external.texts("endpoints");
        if (!RedisNodeSetSpec.NODE_COUNTS.contains(endpoints.size())) {
            throw external.at(
                    "endpoints",
                    "spec.external.endpoints has " + endpoints.size() + " entries; list 1, 3, 5, 7 or 9 as host:port");
        }
        return new External(endpoints, external.text("credentialsSecret"), external.choice("tls", Tls.class, Tls.Off));
    }
}
