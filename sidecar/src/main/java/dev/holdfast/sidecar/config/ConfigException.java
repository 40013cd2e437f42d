package dev.holdfast.sidecar.config;

/** The configuration cannot be used; the message says where, why, and what to do, in one line. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }
}
