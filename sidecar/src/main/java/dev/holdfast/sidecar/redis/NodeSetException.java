package dev.holdfast.sidecar.redis;

/** A node set cannot be used as asked; the message says why and what to do. */
public final class NodeSetException extends Exception {
    private static final long serialVersionUID = 1;

    NodeSetException(String message) {
        super(message);
    }
}
