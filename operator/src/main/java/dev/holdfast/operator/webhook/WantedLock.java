package dev.holdfast.operator.webhook;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.DistributedLockSpec.Mode;
import dev.holdfast.crds.DistributedLockSpec.ReadinessGate;
import dev.holdfast.crds.PodContract;

/** What injection needs to know of a lock. */
record WantedLock(String name, String nodeSet, boolean readinessGate, boolean mutex) {

    /** Defaults are the API server's, but a lock that an older version stored may lack them. */
    static WantedLock of(String name, DistributedLock lock) {
        DistributedLockSpec spec = lock.getSpec();
        if (spec == null) {
            return new WantedLock(name, DistributedLockSpec.DEFAULT_NODE_SET, false, false);
        }
        String nodeSet = spec.nodeSet() == null ? DistributedLockSpec.DEFAULT_NODE_SET : spec.nodeSet();
        return new WantedLock(
                name, nodeSet, spec.exposure().readinessGate() == ReadinessGate.Holder, spec.mode() == Mode.Mutex);
    }

    String configMap() {
        return PodContract.configMap(name);
    }

    String conditionType() {
        return PodContract.conditionType(name);
    }
}
