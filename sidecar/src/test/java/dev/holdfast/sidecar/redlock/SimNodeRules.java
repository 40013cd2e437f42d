package dev.holdfast.sidecar.redlock;

/** The rules of nodes, as they are, but for an hour that is too long to simulate. */
class SimNodeRules extends NodeRules {

    private final long keepMillis;

    SimNodeRules(Settings settings) {
        this.keepMillis = settings.keepMillis;
    }

    @Override
    long keepMillis(long asked) {
        return keepMillis;
    }
}
