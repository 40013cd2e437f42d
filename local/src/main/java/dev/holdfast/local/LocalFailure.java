package dev.holdfast.local;

/** Something that ends the run; the message is the one line its user reads. */
sealed class LocalFailure extends Exception {
    LocalFailure(String message) {
        super(message);
    }

    /** A signal came, and what failed since did so because everything is being stopped; nobody needs to read that. */
    static final class Ended extends LocalFailure {
        Ended() {
            super("ended");
        }
    }

    /** The user's to correct: an option, a file, a taken port. */
    static final class Usage extends LocalFailure {
        Usage(String message) {
            super(message);
        }
    }
}
