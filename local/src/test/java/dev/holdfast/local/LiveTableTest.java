package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.local.LiveTable.Row;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTableTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void withoutATerminalItSaysEachChangeOnce() {
        var table = new LiveTable(screen(false, 100));

        table.show(List.of(leading("pod-0", 42, 900), new Row("pod-1", "payments", null)));
        table.show(List.of(leading("pod-0", 42, 800), new Row("pod-1", "payments", null)));
        table.show(List.of(leading("pod-0", 43, 800), new Row("pod-1", "payments", null)));

        assertThat(shown().lines().map(line -> line.replaceFirst("^[0-9:]+ +", "")))
                .containsExactly(
                        "pod-0  lock=payments  state=Leading  holder=pod-0  token=42",
                        "pod-1  lock=payments  state=no-answer  holder=-  token=-",
                        "pod-0  lock=payments  state=Leading  holder=pod-0  token=43");
    }

    @Test
    void onATerminalItIsDrawnInPlaceAndCutToItsWidth() {
        var table = new LiveTable(screen(true, 21));

        table.show(List.of(leading("pod-0", 42, 900)));
        table.show(List.of(leading("pod-0", 42, 800)));

        var drawing = "\r\u001b[Jpod    lock      sta\npod-0  payments  Lea\n";
        assertThat(shown()).isEqualTo(drawing + "\u001b[2A" + drawing);
    }

    private static Row leading(String pod, long token, long validFor) {
        return new Row(
                pod,
                "payments",
                new LockState("payments", "Leading", true, token, Duration.ofMillis(validFor), pod, 3));
    }

    private Screen screen(boolean terminal, int columns) {
        return new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), terminal, false, true, columns);
    }

    private String shown() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
