package dev.holdfast.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What docs/reference/metrics.md says is exported, which tests of sidecar and operator compare with what is. Reasons of
 * admissions stand in docs/reference/injection.md.
 *
 * @param types by metric
 * @param labels by metric, without those that a scrape adds
 * @param values by label and metric, as in {@code state holdfast_lock_state}; open ones have no entry
 */
record MetricsReference(Map<String, String> types, Map<String, Set<String>> labels, Map<String, Set<String>> values) {

    private static final Pattern DECISION = Pattern.compile("(?m)^\\| `(inject|skip|deny)` \\| `([a-z-]+)` \\|");
    private static final String ADMISSIONS = "holdfast_admissions_total";

    static MetricsReference read() throws IOException {
        var types = new HashMap<String, String>();
        var labels = new HashMap<String, Set<String>>();
        var values = new HashMap<String, Set<String>>();
        var lines = Files.readAllLines(Project.ROOT.resolve("docs/reference/metrics.md"));
        for (var row : lines.stream().filter(line -> line.startsWith("| `")).toList()) {
            var cells = Arrays.stream(row.split("\\|", -1))
                    .map(cell -> cell.strip().replace("`", ""))
                    .toList();
            if (cells.get(2).matches("counter|gauge|histogram")) {
                types.put(cells.get(1), cells.get(2));
                labels.computeIfAbsent(cells.get(1), _ -> new HashSet<>()).addAll(words(cells.get(3)));
            } else {
                values.put(cells.get(1) + ' ' + cells.get(2), Set.copyOf(words(cells.get(3))));
            }
        }
        var injection = Files.readString(Project.ROOT.resolve("docs/reference/injection.md"));
        for (var row : DECISION.matcher(injection).results().toList()) {
            values.computeIfAbsent("decision " + ADMISSIONS, _ -> new HashSet<>())
                    .add(row.group(1));
            values.computeIfAbsent("reason " + ADMISSIONS, _ -> new HashSet<>()).add(row.group(2));
        }
        return new MetricsReference(types, labels, values);
    }

    /** The metric of a series' name: that of a histogram without its suffix. */
    String metricOf(String series) {
        var histogram = series.replaceFirst("_(bucket|sum|count)$", "");
        return "histogram".equals(types.get(histogram)) ? histogram : series;
    }

    private static List<String> words(String cell) {
        return Arrays.stream(cell.split("[,\\s]+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
