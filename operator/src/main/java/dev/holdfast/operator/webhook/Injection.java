package dev.holdfast.operator.webhook;

import java.util.List;
import java.util.Locale;

/** What becomes of a pod. */
sealed interface Injection {

    /** The pod gets what the additions say; its creator reads the warnings. */
    record Inject(List<Addition> patch, List<String> warnings) implements Injection {
        public Inject {
            patch = List.copyOf(patch);
            warnings = List.copyOf(warnings);
        }
    }

    /** The pod is created as it is. */
    record Skip(Skip.Reason reason) implements Injection {
        enum Reason {
            NOT_A_NEW_POD,
            NOT_OPTED_IN,
            NAMESPACE_NOT_WATCHED,
            MIRROR_POD,
            ALREADY_INJECTED
        }
    }

    /** The pod is not created; the message tells its creator what to do. */
    record Deny(Deny.Reason reason, String message) implements Injection {
        enum Reason {
            NO_LOCKS,
            BAD_LOCK_NAME,
            DUPLICATE_LOCK,
            UNKNOWN_LOCK,
            BAD_START,
            NAME_CLASH,
            OTHER_LOCKS,
            HOST_NETWORK,
            NOT_LINUX,
            /** Ours, not the pod's: the webhook could not decide. */
            FAILURE
        }
    }

    /** The decision as metrics and audit annotations name it. */
    default String decision() {
        return switch (this) {
            case Inject _ -> "inject";
            case Skip _ -> "skip";
            case Deny _ -> "deny";
        };
    }

    /** The reason as metrics and audit annotations name it. */
    default String reasonName() {
        return switch (this) {
            case Inject _ -> "opted-in";
            case Skip skip -> kebab(skip.reason());
            case Deny deny -> kebab(deny.reason());
        };
    }

    private static String kebab(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
