package dev.holdfast.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** For how long nothing was paid because of each fault, and who paid after it, for people. */
final class PaymentPauses {

    private record Row(String what, Duration pause, boolean otherToken, boolean otherPod) {
        String holder() {
            return !otherToken ? "stays" : otherPod ? "another pod" : "the same pod anew";
        }
    }

    private final List<Row> rows = new ArrayList<>();

    void add(String what, Duration pause, Ledger.Entry before, Ledger.Entry after) {
        rows.add(new Row(
                what, pause, after.token() != before.token(), !after.pod().equals(before.pod())));
    }

    @Override
    public String toString() {
        int width = rows.stream().mapToInt(row -> row.what().length()).max().orElse(0);
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "  %-" + width + "s  %13s  %s%n", "fault", "longest pause", "holder"));
        rows.forEach(row -> table.append(String.format(
                Locale.ROOT,
                "  %-" + width + "s  %,10d ms  %s%n",
                row.what(),
                row.pause().toMillis(),
                row.holder())));
        return table.toString();
    }
}
