package dev.holdfast.local;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** What the reader's terminal can show. */
record Screen(PrintStream out, boolean terminal, boolean colour, boolean unicode, int columns) {
    private static final int USUAL_COLUMNS = 100;

    /** The launcher script knows whether standard output is a terminal, and how wide. */
    static Screen ofProcess() {
        boolean terminal = Boolean.getBoolean("holdfast.terminal");
        var noColour = System.getenv("NO_COLOR");
        boolean colour = terminal && (noColour == null || noColour.isEmpty());
        boolean unicode = System.out.charset().newEncoder().canEncode("→✓─");
        return new Screen(System.out, terminal, colour, unicode, columns(System.getProperty("holdfast.columns")));
    }

    String arrow() {
        return unicode ? "→" : "->";
    }

    String done() {
        return green(unicode ? "✓" : "ok");
    }

    String failed() {
        return paint("31", unicode ? "✗" : "FAILED");
    }

    String rule(int width) {
        return dim((unicode ? "─" : "-").repeat(width));
    }

    /** What is done now; what comes of it follows. */
    void step(String what) {
        line("  " + bold(what));
    }

    void fine(String what) {
        line("    " + done() + " " + what);
    }

    void wrong(String what) {
        line("    " + failed() + " " + what);
    }

    String bold(String text) {
        return paint("1", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    String green(String text) {
        return paint("32", text);
    }

    /** Shows text now, without ending the line. */
    void print(String text) {
        out.print(text);
        out.flush();
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static int columns(@Nullable String text) {
        return text != null && text.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(text) : USUAL_COLUMNS;
    }
}
