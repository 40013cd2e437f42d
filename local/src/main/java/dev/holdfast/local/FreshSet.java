package dev.holdfast.local;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.FreshNodeSet;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.NodeSetException;
import dev.holdfast.sidecar.redis.Security;

/** Admission with the sidecar's own code. */
final class FreshSet implements Admission {
    @Override
    public void admit(LocalNodeSet set) throws LocalFailure {
        var endpoints = set.nodes().stream()
                .map(node -> new Endpoint("127.0.0.1", node.port()))
                .toList();
        var longest = set.declared().spec().maxLeaseDuration();
        try {
            FreshNodeSet.admit(new NodeSet(set.name(), set.uid(), endpoints, longest, false, Security.none()));
        } catch (NodeSetException e) {
            throw new LocalFailure("the Redis nodes cannot be made a set: " + e.getMessage());
        }
    }
}
