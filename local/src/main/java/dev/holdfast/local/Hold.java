package dev.holdfast.local;

/**
 * One pod holding with one token, as far as samples prove it: it held at every instant from {@code certainFrom} to
 * {@code certainUntil}. With a single sample that is no instant at all, and {@code certainUntil} is the smaller one.
 *
 * @param firstSentAt when the first sample that saw it was sent
 */
record Hold(String pod, long token, long firstSentAt, long certainFrom, long certainUntil) {
    boolean certainlyOverlaps(Hold other) {
        return Math.max(certainFrom, other.certainFrom) - Math.min(certainUntil, other.certainUntil) <= 0
                && isProven()
                && other.isProven();
    }

    /** Whether this hold was seen before the first look at the other one, so that the other one's token must be larger. */
    boolean certainlySeenBefore(Hold other) {
        return certainFrom - other.firstSentAt < 0;
    }

    private boolean isProven() {
        return certainFrom - certainUntil <= 0;
    }
}
