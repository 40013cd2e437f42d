package dev.holdfast.operator.manifests;

import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;

/** How the objects of a node set are called. */
public record NodeSetNames(String set, String namespace) {

    public static final int PORT = 6379;
    /** The ACL user of the sidecars. */
    public static final String USER = "holdfast";

    public static NodeSetNames of(RedisNodeSet set) {
        return new NodeSetNames(set.getMetadata().getName(), set.getMetadata().getNamespace());
    }

    /** The StatefulSet of a slot, and its headless Service. */
    public String node(int slot) {
        return "holdfast-" + set + '-' + slot;
    }

    /** Where sidecars reach a slot. */
    public String address(int slot) {
        return node(slot) + '.' + namespace + ".svc:" + PORT;
    }

    /** The Secret that sidecars log in with. */
    public String credentials() {
        return PodContract.credentialsSecret(set);
    }

    /** The Secret with the access list that nodes load. */
    public String accessList() {
        return "holdfast-" + set + "-access";
    }

    /** The ConfigMap with the nodes' configuration. */
    public String configuration() {
        return "holdfast-" + set + "-redis";
    }

    /** The disruption budget over all nodes. */
    public String budget() {
        return "holdfast-" + set;
    }
}
