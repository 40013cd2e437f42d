package dev.holdfast.operator.manifests;

import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What nodes read when they start. Locks are never evicted: a full node refuses instead. */
final class RedisConfiguration {

    /** Where the configuration, the access list and the certificate are mounted. */
    static final String FOLDER = "/etc/holdfast-redis";

    static final String DATA = "/data";
    static final String FILE = "redis.conf";

    private RedisConfiguration() {}

    /** @param memoryLimit of the node's container */
    static String text(RedisNodeSetSpec spec, Quantity memoryLimit) {
        List<String> lines = new ArrayList<>(List.of("bind * -::*"));
        lines.addAll(spec.tls() == Tls.On ? tls() : List.of("port " + NodeSetNames.PORT));
        lines.addAll(List.of(
                "protected-mode no",
                "dir " + DATA,
                "save \"\"",
                "appendonly " + (spec.storage() == null ? "no" : "yes"),
                "appendfsync always",
                "maxmemory " + maxMemory(memoryLimit),
                "maxmemory-policy noeviction",
                "aclfile " + FOLDER + '/' + NodeSecrets.ACCESS_LIST,
                ""));
        return String.join("\n", lines);
    }

    /** Sidecars prove themselves by their password, nodes by a certificate. */
    private static List<String> tls() {
        return List.of(
                "port 0",
                "tls-port " + NodeSetNames.PORT,
                "tls-cert-file " + FOLDER + '/' + NodeSecrets.CERTIFICATE,
                "tls-key-file " + FOLDER + '/' + NodeSecrets.KEY,
                "tls-ca-cert-file " + FOLDER + '/' + NodeSecrets.AUTHORITIES,
                "tls-auth-clients no",
                "tls-protocols \"TLSv1.2 TLSv1.3\"");
    }

    /** In bytes: a quarter of what the container may have is for what Redis does not count. */
    private static String maxMemory(Quantity limit) {
        return Quantity.getAmountInBytes(limit)
                .multiply(BigDecimal.valueOf(3))
                .divideToIntegralValue(BigDecimal.valueOf(4))
                .toBigInteger()
                .toString();
    }
}
