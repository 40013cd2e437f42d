package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.crds.RedisNodeSetSpec.External;
import dev.holdfast.crds.RedisNodeSetSpec.Tls;
import java.util.Optional;

/**
 * The Secret with which a node set is reached.
 *
 * @param authority whether it holds the nodes' CA too
 */
record WantedCredentials(String nodeSet, String secret, boolean authority) {

    /** Empty when the nodes ask for none. A node set that is still to come will have the default spec. */
    static Optional<WantedCredentials> of(String name, Optional<RedisNodeSet> nodeSet) {
        RedisNodeSetSpec spec =
                nodeSet.map(RedisNodeSet::getSpec).orElseGet(() -> RedisNodeSetSpec.ofNodes(RedisNodeSetSpec.NODES));
        External external = spec.external();
        if (external == null) {
            return Optional.of(new WantedCredentials(name, PodContract.credentialsSecret(name), spec.tls() == Tls.On));
        }
        return Optional.ofNullable(external.credentialsSecret())
                .map(secret -> new WantedCredentials(name, secret, external.tls() == Tls.On));
    }
}
