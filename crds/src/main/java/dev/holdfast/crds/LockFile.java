package dev.holdfast.crds;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** What a sidecar is told of a lock, as the JSON file {@code locks/<lock>.json} that is mounted for it. */
public final class LockFile {

    private LockFile() {}

    /** The file of a lock and of the nodes that vote on it. */
    public static ObjectNode of(
            ObjectMapper mapper, String lock, String namespace, DistributedLockSpec spec, Nodes nodes) {
        ObjectNode json = mapper.createObjectNode()
                .put("lock", lock)
                .put("namespace", namespace)
                .put("mode", spec.mode().name())
                .put("leaseDuration", DurationText.format(spec.leaseDuration()))
                .put("lockDelay", DurationText.format(spec.lockDelay()));
        if (spec.maxHold() != null) {
            json.put("maxHold", DurationText.format(spec.maxHold()));
        }
        DistributedLockSpec.AppHealth health = spec.appHealth();
        if (health != null) {
            json.putObject("appHealth")
                    .put("path", health.httpGet().path())
                    .put("port", health.httpGet().port())
                    .put("period", health.periodSeconds() + "s")
                    .put("failureThreshold", health.failureThreshold());
        }
        ArrayNode addresses = json.putObject("nodeSet")
                .put("name", nodes.name())
                .put("uid", nodes.uid())
                .put("maxLeaseDuration", DurationText.format(nodes.maxLeaseDuration()))
                .put("durable", nodes.durable())
                .put("tls", nodes.tls())
                .putArray("nodes");
        nodes.addresses().forEach(addresses::add);
        return json;
    }

    /**
     * The nodes of a lock.
     *
     * @param uid the node set's, which no other set ever has
     * @param durable whether they keep all they acknowledged through a restart
     * @param addresses host:port, slot by slot
     */
    public record Nodes(
            String name, String uid, Duration maxLeaseDuration, boolean durable, boolean tls, List<String> addresses) {}
}
