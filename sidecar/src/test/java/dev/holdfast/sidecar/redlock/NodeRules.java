package dev.holdfast.sidecar.redlock;

/**
 * Every rule of the protocol that safety rests on and that a node must keep, one function each, as the scripts have them.
 * Not final, so that the mutation check can break one at a time.
 */
class NodeRules {

    static final NodeRules ALL = new NodeRules();

    /** A node that may have forgotten what it acknowledged has no vote. */
    boolean mayVote(boolean admitted) {
        return admitted;
    }

    /** Compare-and-set: only this very state may be taken over, not one that its holder has renewed since. */
    boolean isSameState(String attempt, long operation, Request.Witness witness) {
        return attempt.equals(witness.attempt()) && operation == witness.operation();
    }

    /** It must have been watched for as long as the record says, whatever the contender's own lease is. */
    boolean isWatchedLongEnough(long leaseMillis, Request.Witness witness) {
        return witness.millis() >= leaseMillis;
    }

    /** An operation that was overtaken by a later one of the same attempt changes nothing. */
    boolean isNews(long recorded, long operation) {
        return operation > recorded;
    }

    /** The sender's number, not a count of the node's own: that would start again when the record is gone. */
    long operation(long recorded, long operation) {
        return operation;
    }

    /** Who does not have the node ties no number to itself. */
    boolean mayCommit(boolean hasNode) {
        return hasNode;
    }

    /** A number has one owner: only a larger one may be tied, or its own again. */
    boolean mayTie(long token, long number, boolean owns) {
        return token > number || (token == number && owns);
    }

    /** A holder's token goes to every node it reaches. */
    boolean renewalWritesToken() {
        return true;
    }

    /** A lock without an entry may have had one that expired: its number is then bounded by that of any lock. */
    long absentNumber(long max, long floor) {
        return max;
    }

    /** A Redis TTL ends no lease: however long ago by the node's clock, a record stays until it is taken over. */
    boolean hasLapsed(long millisSinceWritten, long leaseMillis) {
        return false;
    }

    /** At once only what promised to keep everything. */
    boolean mayReadmit(boolean durable) {
        return durable;
    }

    /** What a sidecar remembers of this life must still be there. */
    boolean fitsMemory(String life, long max, Request.Readmit remembered) {
        return (remembered.life().isEmpty() || remembered.life().equals(life)) && remembered.max() <= max;
    }

    /** Whoever admits must have watched this very loss of memory. */
    boolean isWatchedLoss(String run, String nonce, Request.Admit admit) {
        return run.equals(admit.run()) && nonce.equals(admit.nonce());
    }

    /** How long a dynamic lock's entry stays. No rule: the simulation lets entries expire sooner than an hour. */
    long keepMillis(long asked) {
        return asked;
    }
}
