package dev.holdfast.sidecar.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The Kubernetes cluster that this process runs in, if it does. */
public sealed interface Cluster {

    /**
     * A pod that may patch its own status.
     *
     * @param uid tells this pod from another one of the same name
     * @param apiHost a name or an address of the API server
     * @param token the file of the service account's token, which changes while the process lives
     * @param authority the file of the API server's CA, as PEM
     */
    record Pod(String namespace, String name, String uid, String apiHost, int apiPort, Path token, Path authority)
            implements Cluster {}

    /** No cluster, as on a laptop, or no way to its API server. */
    record None(String reason) implements Cluster {}

    /** Finds out from what the kubelet sets and mounts. */
    static Cluster of(Map<String, String> environment, String pod, Path directory) throws ConfigException {
        for (String name : new String[] {"HOLDFAST_NAMESPACE", "HOLDFAST_POD_UID", "KUBERNETES_SERVICE_HOST"}) {
            if (environment.getOrDefault(name, "").isEmpty()) {
                return new None(name + " is not set");
            }
        }
        Path token = directory.resolve("kubernetes").resolve("token");
        if (!Files.exists(token)) {
            return new None("there is no file " + token);
        }
        return new Pod(
                environment.getOrDefault("HOLDFAST_NAMESPACE", ""),
                pod,
                environment.getOrDefault("HOLDFAST_POD_UID", ""),
                environment.getOrDefault("KUBERNETES_SERVICE_HOST", ""),
                SidecarConfig.port(environment, "KUBERNETES_SERVICE_PORT", 443),
                token,
                directory.resolve("kubernetes").resolve("ca.crt"));
    }
}
