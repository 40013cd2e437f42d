package dev.holdfast.operator.manifests;

import dev.holdfast.crds.PodContract;
import dev.holdfast.crds.RedisNodeSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    /** The Secret with the CA and the nodes' certificate. */
    public String certificates() {
        return "holdfast-" + set + "-tls";
    }

    /** The names that the nodes' certificate is for: those that sidecars use, and the node itself. */
    public List<String> certified(int nodes) {
        return Stream.concat(
                        IntStream.range(0, nodes).mapToObj(slot -> node(slot) + '.' + namespace + ".svc"),
                        Stream.of("localhost"))
                .toList();
    }

    /** The ConfigMap with the nodes' configuration. */
    public String configuration() {
        return "holdfast-" + set + "-redis";
    }

    /** What is about all nodes: the disruption budget, and who may reach them. */
    public String all() {
        return "holdfast-" + set;
    }
}
