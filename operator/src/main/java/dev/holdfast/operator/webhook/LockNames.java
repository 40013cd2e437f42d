package dev.holdfast.operator.webhook;

import dev.holdfast.operator.webhook.Injection.Deny;
import dev.holdfast.operator.webhook.Injection.Deny.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a pod's annotation {@code holdfast.dev/locks} says. */
sealed interface LockNames {

    /** At least one name, each a lock could have, each once. */
    record Valid(List<String> names) implements LockNames {}

    record Invalid(Deny denial) implements LockNames {}

    Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** More of a wrong name is not worth showing. */
    int SHOWN = 80;

    static LockNames parse(@Nullable String annotation) {
        if (annotation == null || annotation.isBlank()) {
            return invalid(
                    Reason.NO_LOCKS,
                    "the pod opted in by the label holdfast.dev/inject but names no lock; set the annotation"
                            + " holdfast.dev/locks to one or more DistributedLocks of its namespace, such as"
                            + " \"payments\" or \"payments,reports\"");
        }
        List<String> names = new ArrayList<>();
        for (String part : annotation.split(",", -1)) {
            String name = part.strip();
            if (!NAME.matcher(name).matches()) {
                return invalid(
                        Reason.BAD_LOCK_NAME,
                        "the annotation holdfast.dev/locks lists \"" + shown(name) + "\", which no lock can be called;"
                                + " separate names by single commas, each of at most 63 lower-case letters, digits"
                                + " and '-'");
            }
            if (names.contains(name)) {
                return invalid(
                        Reason.DUPLICATE_LOCK,
                        "the annotation holdfast.dev/locks lists \"" + name + "\" twice; list each lock once");
            }
            names.add(name);
        }
        return new Valid(List.copyOf(names));
    }

    private static LockNames invalid(Reason reason, String message) {
        return new Invalid(new Deny(reason, message));
    }

    private static String shown(String name) {
        return name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "...";
    }
}
