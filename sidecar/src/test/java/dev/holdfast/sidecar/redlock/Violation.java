package dev.holdfast.sidecar.redlock;

/** An invariant of the protocol (section 13) was broken. */
final class Violation extends RuntimeException {

    Violation(String text) {
        super(text, null, false, false);
    }
}
