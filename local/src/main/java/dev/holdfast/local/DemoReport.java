package dev.holdfast.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table at the end of the demo. */
final class DemoReport {
    private static final int TOKENS_PER_LINE = 4;

    private final List<Row> rows = new ArrayList<>();
    private final List<Long> refused = new ArrayList<>();

    /** One thing done to the system; {@code holder} tells who held before and after. */
    record Row(String done, String holder, String took, long token) {}

    /** A stale write was refused, as it must be. */
    void refused(long token) {
        refused.add(token);
    }

    void add(Row row) {
        rows.add(row);
    }

    void print(Screen screen, HolderWatch watch, Duration whole) {
        var table = new Table("what was done", "holder", "took", "fencing token");
        rows.forEach(row -> table.row(row.done(), row.holder(), row.took(), Long.toString(row.token())));
        var lines = table.lines();
        var width = lines.stream().mapToInt(String::length).max().orElse(0);
        screen.line("");
        screen.line("  " + screen.bold(lines.getFirst()));
        screen.line("  " + screen.rule(width));
        lines.stream().skip(1).forEach(line -> screen.line("  " + line));
        screen.line("  " + screen.rule(width));
        if (watch.violations().isEmpty()) {
            screen.line("  " + screen.done() + " tokens in order:");
            tokens(watch).forEach(line -> screen.line("      " + line));
            refused.forEach(token -> screen.line("  " + screen.done() + " stale write refused: token " + token));
            screen.line("  %s never two holders: %,d samples from outside in %s"
                    .formatted(screen.done(), watch.count(), seconds(whole)));
        }
        watch.violations().forEach(violation -> screen.line("  " + screen.failed() + " " + violation));
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%,d ms", duration.toMillis());
    }

    /** Hand-overs are short enough for a tenth to count. */
    static String fineMillis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    /** A few to the line. */
    private static List<String> tokens(HolderWatch watch) {
        var tokens =
                watch.holds().stream().map(hold -> Long.toString(hold.token())).toList();
        var lines = new ArrayList<String>();
        for (int i = 0; i < tokens.size(); i += TOKENS_PER_LINE) {
            var line = String.join(" < ", tokens.subList(i, Math.min(i + TOKENS_PER_LINE, tokens.size())));
            lines.add(i == 0 ? line : "< " + line);
        }
        return lines;
    }
}
