package dev.holdfast.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.benchmarks.Row.Section;
import dev.holdfast.benchmarks.Row.Verdict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The run as Markdown, fit to be committed: what ran where, a table per row, and the figures to reach. */
final class Report {
    private final List<String> lines = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    Report(Path redisServer) throws IOException {
        lines.add("# Benchmarks, " + LocalDate.now(ZoneOffset.UTC));
        lines.add("");
        lines.add("All contestants in one run on one machine, in alternating rounds. Machine: "
                + Runtime.getRuntime().availableProcessors() + " cores (" + processor() + "), Linux "
                + System.getProperty("os.version") + "; Java " + System.getProperty("java.version") + "; Redis: "
                + firstLine(redisServer.toString(), "--version") + version("etcd") + version("node")
                + ". Everything on the same machine, so servers and contestants share its cores. Load average at the start: "
                + String.format(
                        Locale.ROOT,
                        "%.1f",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
                + " (a quiet machine: near 0).");
    }

    private static String version(String program) throws IOException {
        return Executables.find(program).isPresent() ? "; " + program + ": " + firstLine(program, "--version") : "";
    }

    void add(Section section) {
        heading(section.title());
        lines.add(section.how());
        lines.add("");
        table(section.columns(), section.lines());
        verdicts.addAll(section.verdicts());
    }

    void absent(Contestant contestant, String reason) {
        lines.add("");
        lines.add("Left out: " + contestant.name() + " (" + reason + ").");
    }

    String markdown() {
        if (!verdicts.isEmpty()) {
            heading("Figures to reach");
            table(
                    List.of("figure", "target", "measured", "reached"),
                    verdicts.stream()
                            .map(verdict -> List.of(
                                    verdict.figure(),
                                    verdict.target(),
                                    verdict.measured(),
                                    verdict.reached() ? "yes" : "**no**"))
                            .toList());
        }
        return String.join("\n", lines) + "\n";
    }

    private void heading(String title) {
        lines.add("");
        lines.add("## " + title);
        lines.add("");
    }

    private void table(List<String> columns, List<List<String>> cells) {
        line(columns);
        line(Collections.nCopies(columns.size(), "---"));
        cells.forEach(this::line);
    }

    private void line(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    private static String processor() throws IOException {
        try (var info = Files.lines(Path.of("/proc/cpuinfo"))) {
            return info.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static String firstLine(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.inputReader(UTF_8)) {
            var line = output.readLine();
            return line == null ? "unknown" : line;
        }
    }
}
