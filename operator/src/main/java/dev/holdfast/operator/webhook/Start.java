package dev.holdfast.operator.webhook;

import java.util.Optional;

/** When the application's containers start. */
enum Start {
    ALWAYS("Always"),
    /** Once the pod holds all its locks: the sidecar's startup probe passes then and not before. */
    WHEN_HELD("WhenHeld");

    private final String word;

    Start(String word) {
        this.word = word;
    }

    /** As the annotation and the sidecar's environment say it. */
    String word() {
        return word;
    }

    /** Absent means always; empty for a word that is none of them. */
    static Optional<Start> of(String annotation) {
        for (Start start : values()) {
            if (start.word.equals(annotation)) {
                return Optional.of(start);
            }
        }
        return Optional.empty();
    }
}
