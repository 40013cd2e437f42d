package dev.holdfast.operator.webhook;

/** What the sidecar's image expects of its container, and the application of the sidecar. */
final class SidecarContract {
    static final String MOUNT_PATH = "/etc/holdfast";
    static final String START_VARIABLE = "HOLDFAST_START";
    static final String URL_VARIABLE = "HOLDFAST_URL";
    static final int API_PORT = 4040;
    static final int HEALTH_PORT = 4041;
    static final String URL = "http://127.0.0.1:" + API_PORT;

    private SidecarContract() {}
}
