package dev.holdfast.sidecar.redlock;

/** Why one node gave no vote. */
public record NodeFault(String node, String reason) {
    @Override
    public String toString() {
        return node + ": " + reason;
    }
}
