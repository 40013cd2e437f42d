package dev.holdfast.operator;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.operator.nodes.Nodes;
import java.util.List;
import java.util.Optional;

/** Nodes whose silence delays their own set alone. Thread-safe. */
record PatientNodes(Nodes nodes, ReconcileThreads threads) implements Nodes {

    @Override
    public Optional<String> admitFresh(RedisNodeSet set, Optional<Credentials> credentials) {
        return threads.whileOthersGoOn(() -> nodes.admitFresh(set, credentials));
    }

    @Override
    public List<Node> look(RedisNodeSet set, Optional<Credentials> credentials) {
        return threads.whileOthersGoOn(() -> nodes.look(set, credentials));
    }

    @Override
    public boolean allAccept(RedisNodeSet set, Credentials credentials) {
        return threads.whileOthersGoOn(() -> nodes.allAccept(set, credentials));
    }

    @Override
    public void care(RedisNodeSet set, Optional<Credentials> credentials) {
        nodes.care(set, credentials);
    }
}
