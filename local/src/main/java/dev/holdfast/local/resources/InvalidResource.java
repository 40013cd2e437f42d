package dev.holdfast.local.resources;

/** A file that cannot be applied; the message is one line, {@code file:line: what is wrong; what to do}. */
public final class InvalidResource extends Exception {
    private final String what;

    InvalidResource(String file, int line, String what) {
        this(file + ":" + line + ": " + what);
    }

    InvalidResource(String what) {
        super(what);
        this.what = what;
    }

    public String what() {
        return what;
    }
}
