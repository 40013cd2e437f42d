package dev.holdfast.sidecar.redlock;

/**
 * How one node stands.
 *
 * @param reason why it does not vote, for people; empty if it does
 * @param recoveredByClock how often this process asked for its admission although too few other nodes could be read:
 *     until then exclusion held, but the order of tokens rested on wall clocks
 */
public record NodeStatus(String address, State state, String reason, int recoveredByClock) {

    /** What a node is worth to a quorum. */
    public enum State {
        VOTING,
        QUARANTINED,
        UNREACHABLE
    }
}
