package dev.holdfast.operator.nodes;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import java.util.List;
import java.util.Optional;

/** The nodes of node sets. Blocks for round trips, some seconds at most where a node is silent. Thread-safe. */
public interface Nodes {

    /**
     * Admits every slot of a set that has never been one, by the rule for its creator: call once in a set's life, after
     * it is recorded that it will be called.
     *
     * @return why it could not be done; the sidecars then admit each node after its quarantine
     */
    Optional<String> admitFresh(RedisNodeSet set, Optional<Credentials> credentials);

    /** How each slot stands now. */
    List<Node> look(RedisNodeSet set, Optional<Credentials> credentials);

    /** Whether every slot can be reached with these. */
    boolean allAccept(RedisNodeSet set, Credentials credentials);

    /**
     * Has nodes that lost their memory admitted after their quarantine, as every sidecar does; for a set that none watches.
     * Returns at once, goes on for some time, and longer when it is called again.
     */
    void care(RedisNodeSet set, Optional<Credentials> credentials);

    /**
     * What the operator logs in with.
     *
     * @param certificateAuthority PEM, for nodes that speak TLS; else empty
     */
    record Credentials(String user, String password, String certificateAuthority) {
        @Override
        public String toString() {
            return user;
        }
    }
}
