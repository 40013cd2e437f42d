package dev.holdfast.operator.webhook;

/** The names that pods and webhook agree on. */
final class PodContract {
    static final String INJECT_LABEL = "holdfast.dev/inject";
    static final String LOCKS_ANNOTATION = "holdfast.dev/locks";
    static final String START_ANNOTATION = "holdfast.dev/start";
    static final String START_VARIABLE = "HOLDFAST_START";
    /** The name of the added container and of its volume. */
    static final String NAME = "holdfast";

    static final String MOUNT_PATH = "/etc/holdfast";
    static final String URL_VARIABLE = "HOLDFAST_URL";
    static final int API_PORT = 4040;
    static final int HEALTH_PORT = 4041;
    static final String URL = "http://127.0.0.1:" + API_PORT;
    static final String CONDITION_PREFIX = "holdfast.dev/";
    /** What a lock's ConfigMap is called, before the lock's name. */
    static final String CONFIG_MAP_PREFIX = "holdfast-lock-";

    private PodContract() {}
}
