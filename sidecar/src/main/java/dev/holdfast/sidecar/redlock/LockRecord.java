package dev.holdfast.sidecar.redlock;

/**
 * Who has a lock on one node, as anybody may read it there. Operation numbers come from the
 * sender and rise, so a record that was extended or taken over never looks like the one before.
 *
 * @param attempt the acquisition that has it; {@link #FREE}; or {@code ~w}, reserved for the waiter w
 * @param operation the number of the sender's operation that wrote this
 * @param leaseMillis how long it must be seen unchanged before anybody else may take it
 */
public record LockRecord(String attempt, long operation, long leaseMillis) {

    static final String FREE = "-";

    /** Nobody has it. */
    public static final LockRecord NONE = new LockRecord(FREE, 0, 0);

    boolean isFree() {
        return attempt.equals(FREE);
    }

    boolean isReservedFor(String waiter) {
        return attempt.length() == waiter.length() + 1 && attempt.charAt(0) == '~' && attempt.endsWith(waiter);
    }

    boolean isReservation() {
        return attempt.charAt(0) == '~';
    }
}
