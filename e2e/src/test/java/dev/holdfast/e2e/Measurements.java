package dev.holdfast.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was done and how long it took, for people. */
final class Measurements {

    private record Row(String what, Duration took) {}

    private final List<Row> rows = new ArrayList<>();

    void add(String what, Duration took) {
        rows.add(new Row(what, took));
    }

    @Override
    public String toString() {
        int width = rows.stream().mapToInt(row -> row.what().length()).max().orElse(0);
        StringBuilder table = new StringBuilder();
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %,8d ms%n",
                    row.what(),
                    row.took().toMillis()));
        }
        return table.toString();
    }
}
