package dev.holdfast.sidecar.logging;

/** How a line looks. Thread-safe. */
@FunctionalInterface
interface Format {

    /** Without the line feed at its end. */
    String format(Line line);
}
