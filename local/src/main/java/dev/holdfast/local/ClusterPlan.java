package dev.holdfast.local;

import dev.holdfast.local.resources.DeclaredNodeSet;
import dev.holdfast.local.resources.Resources;
import java.util.OptionalInt;

/**
 * What to start.
 *
 * @param nodes nodes per set; what the files say when absent
 * @param firstPort where pod 0 listens, the next ten above it; any free ports when absent
 */
record ClusterPlan(Resources resources, int pods, OptionalInt nodes, OptionalInt firstPort) {
    static final int PORTS_BETWEEN_PODS = 10;

    int nodesOf(DeclaredNodeSet set) {
        return nodes.orElse(set.spec().nodes());
    }

    int allNodes() {
        return resources.nodeSets().stream().mapToInt(this::nodesOf).sum();
    }

    int portOf(int pod) {
        return firstPort.orElseThrow() + PORTS_BETWEEN_PODS * pod;
    }
}
