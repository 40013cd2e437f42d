package dev.holdfast.crds;

/** The names that pods, webhook, reconcilers and users agree on. */
public final class PodContract {

    /** Opts a pod in, with the value {@code true}. */
    public static final String INJECT_LABEL = "holdfast.dev/inject";

    /** Names the pod's locks, separated by commas. */
    public static final String LOCKS_ANNOTATION = "holdfast.dev/locks";

    /** {@code Always} or {@code WhenHeld}. */
    public static final String START_ANNOTATION = "holdfast.dev/start";

    /** The webhook's note of which node set each lock was on when the pod was made: {@code lock=set}, separated by commas. */
    public static final String NODE_SETS_ANNOTATION = "holdfast.dev/node-sets";

    /** The name of the added container and of its volume. */
    public static final String SIDECAR = "holdfast";

    /** What a lock's ConfigMap is called, before the lock's name. */
    public static final String CONFIG_MAP_PREFIX = "holdfast-lock-";

    /** What the label of a lock's holder begins with; the lock's name follows. */
    public static final String HOLDER_LABEL_PREFIX = "holder.holdfast.dev/";

    /** What the annotation begins with that asks a pod to hand over; the lock's name follows. */
    public static final String RESIGN_ANNOTATION_PREFIX = "resign.holdfast.dev/";

    private PodContract() {}

    /** The type of the pod condition that tells whether a pod holds a lock, and of its readiness gate. */
    public static String conditionType(String lock) {
        return "holdfast.dev/" + lock;
    }

    /** The label of the pod that holds a lock. */
    public static String holderLabel(String lock) {
        return HOLDER_LABEL_PREFIX + lock;
    }

    /** Asks the pod to hand over a lock: {@code <fencing token> <pod>}, the token it is to give up and who is to have it. */
    public static String resignAnnotation(String lock) {
        return RESIGN_ANNOTATION_PREFIX + lock;
    }

    /** The ConfigMap with what sidecars are told of a lock. */
    public static String configMap(String lock) {
        return CONFIG_MAP_PREFIX + lock;
    }

    /** The Secret with which the nodes of a provisioned node set are reached. */
    public static String credentialsSecret(String nodeSet) {
        return "holdfast-" + nodeSet + "-credentials";
    }
}
