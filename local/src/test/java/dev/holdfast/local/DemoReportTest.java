package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    @Test
    void isPlainAsciiWhereNothingElseCanBeShown() {
        var output = new ByteArrayOutputStream();
        var screen = new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), false, false, false, 80);
        var report = new DemoReport();
        var watch = new HolderWatch();
        watch.saw(new Sample("pod-0", 0, 1, true, 41, Duration.ofSeconds(1)));
        report.add(new DemoReport.Row("kill -9 pod-1", "pod-1 " + screen.arrow() + " pod-0", "3,012 ms", 41));

        report.print(screen, watch, Duration.ofSeconds(20));

        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("""

                  what was done  holder          took      fencing token
                  ------------------------------------------------------
                  kill -9 pod-1  pod-1 -> pod-0  3,012 ms  41
                  ------------------------------------------------------
                  ok tokens in order:
                      41
                  ok never two holders: 1 samples from outside in 20.0 s
                """);
    }
}
