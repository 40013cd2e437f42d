package dev.holdfast.local;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows the pods' states: redrawn in place on a terminal, else one line for each change. */
final class LiveTable {
    private final Screen screen;
    private final Map<String, Row> before = new HashMap<>();
    private List<String> drawn = List.of();

    LiveTable(Screen screen) {
        this.screen = screen;
    }

    /** What one pod says of one lock, or that it says nothing. */
    record Row(String pod, String lock, @Nullable LockState state) {
        private String key() {
            return pod + " " + lock;
        }

        private boolean sameAs(@Nullable Row other) {
            if (other == null) {
                return false;
            }
            return state == null ? other.state == null : state.sameAs(other.state);
        }

        private String[] cells() {
            var said = state;
            if (said == null) {
                return new String[] {pod, lock, "no answer", "-", "-", "-"};
            }
            var token = said.fencingToken();
            return new String[] {
                pod,
                lock,
                said.state(),
                said.holder() == null ? "-" : said.holder(),
                token == null ? "-" : token.toString(),
                said.held() ? DemoReport.seconds(said.validFor()) : "-"
            };
        }
    }

    synchronized void show(List<Row> rows) {
        if (!screen.terminal()) {
            rows.forEach(this::showChange);
            return;
        }
        var table = new Table("pod", "lock", "state", "holder", "fencing token", "valid for");
        rows.forEach(row -> table.row(row.cells()));
        var lines = new ArrayList<String>();
        for (var line : table.lines()) {
            // A line that wraps would spoil the next redraw.
            var cut = line.substring(0, Math.min(line.length(), screen.columns() - 1));
            lines.add(lines.isEmpty() ? screen.bold(cut) : cut);
        }
        for (int i = 0; i < rows.size(); i++) {
            var state = rows.get(i).state();
            if (state != null && state.held()) {
                lines.set(i + 1, screen.green(lines.get(i + 1)));
            }
        }
        redraw("", lines);
    }

    /** An event, which stays above the table. */
    synchronized void say(String event) {
        var line = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + "  " + event;
        if (screen.terminal()) {
            redraw(line + "\n", drawn);
        } else {
            screen.line(line);
        }
    }

    private void redraw(String above, List<String> lines) {
        var text = new StringBuilder();
        if (!drawn.isEmpty()) {
            text.append("\u001b[").append(drawn.size()).append("A");
        }
        text.append("\r\u001b[J").append(above);
        lines.forEach(line -> text.append(line).append('\n'));
        screen.print(text.toString());
        drawn = List.copyOf(lines);
    }

    private void showChange(Row row) {
        if (row.sameAs(before.put(row.key(), row))) {
            return;
        }
        var cells = row.cells();
        say("%s  lock=%s  state=%s  holder=%s  token=%s"
                .formatted(cells[0], cells[1], cells[2].replace(' ', '-'), cells[3], cells[4]));
    }
}
