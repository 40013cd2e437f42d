package dev.holdfast.sidecar.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the pod's annotation {@code resign.holdfast.dev/<lock>} asks for: to hand over, once.
 *
 * @param token of the lease to give up; the annotation means nothing to a later one
 * @param successor the pod that is to take the lock
 */
public record HandOver(long token, String successor) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,16}) ([a-z0-9]([-.a-z0-9]*[a-z0-9])?)");

    /** Empty if it is not of the form {@code <fencing token> <pod>}. */
    static Optional<HandOver> parse(String annotation) {
        Matcher matcher = FORM.matcher(annotation);
        return matcher.matches()
                ? Optional.of(new HandOver(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }
}
