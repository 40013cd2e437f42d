package dev.holdfast.e2e;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The chart's values as a table, from the file itself: each with the comment above it. */
final class ValuesTable {

    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
    private static final Pattern VALUE = Pattern.compile("( *)([A-Za-z_]+):(?: (.*))?");
    private static final int INDENT = 2;

    private final Deque<String> path = new ArrayDeque<>();
    private final List<String> comment = new ArrayList<>();
    private final List<String> rows = new ArrayList<>(List.of("| value | default | meaning |", "|---|---|---|"));

    private ValuesTable() {}

    /** Markdown, a line for each value and for each group that is explained. */
    static String of(String yaml) {
        ValuesTable table = new ValuesTable();
        yaml.lines().forEach(table::read);
        return String.join("\n", table.rows) + '\n';
    }

    private void read(String line) {
        Matcher words = COMMENT.matcher(line);
        Matcher value = VALUE.matcher(line);
        if (words.matches()) {
            comment.add(words.group(1));
        } else if (value.matches()) {
            add(value.group(1).length() / INDENT, value.group(2), value.group(3));
        } else {
            // What is said of the file, or part of a value that takes several lines.
            comment.clear();
        }
    }

    private void add(int depth, String key, @Nullable String value) {
        while (path.size() > depth) {
            path.removeLast();
        }
        path.addLast(key);
        if (value != null || !comment.isEmpty()) {
            rows.add("| `" + String.join(".", path) + "` | " + (value == null ? "" : '`' + value + '`') + " | "
                    + String.join(" ", comment).replace("|", "\\|") + " |");
        }
        comment.clear();
    }
}
