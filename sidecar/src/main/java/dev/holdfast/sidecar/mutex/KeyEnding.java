package dev.holdfast.sidecar.mutex;

/** Why a key is not held any more. */
public enum KeyEnding {
    /** Released by the application, or its stream closed. */
    RELEASED,
    /** The application did not renew it in time. */
    EXPIRED,
    /** Not renewed by a quorum of nodes in time. */
    LOST,
    /** The lock's {@code maxHold} was over. */
    MAX_HOLD,
    /** This process ends. */
    STOPPED
}
