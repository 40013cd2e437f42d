package dev.holdfast.sidecar.redlock;

/**
 * Who has a lock, as last seen on the nodes.
 *
 * @param pod the holder's name
 * @param token its fencing token, or 0 if that is not known for certain
 */
public record Holder(String pod, long token) {}
