package dev.holdfast.local;

import java.time.Duration;

/**
 * One answer of a sidecar, whose numbers are true at some instant between sending and receiving; both are readings of
 * this process's monotonic clock.
 *
 * @param token 0 when not held
 */
record Sample(String pod, long sentAt, long receivedAt, boolean held, long token, Duration validFor) {
    static Sample of(String pod, long sentAt, long receivedAt, LockState state) {
        var token = state.fencingToken();
        return new Sample(
                pod, sentAt, receivedAt, state.held(), token == null ? 0 : token.longValue(), state.validFor());
    }
}
