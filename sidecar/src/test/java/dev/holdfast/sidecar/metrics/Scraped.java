package dev.holdfast.sidecar.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape as a Prometheus reads it. */
record Scraped(Map<String, String> types, Map<String, String> helps, List<Sample> samples) {

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\",?");

    static Scraped of(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, String> helps = new TreeMap<>();
        List<Sample> samples = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# TYPE ")) {
                types.put(words[2], words[3]);
            } else if (line.startsWith("# HELP ")) {
                helps.put(words[2], words[3]);
            } else {
                samples.add(sample(line));
            }
        }
        return new Scraped(types, helps, samples);
    }

    private static Sample sample(String line) {
        Matcher parts = SAMPLE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("not a sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>();
        if (parts.group(2) != null) {
            LABEL.matcher(parts.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        return new Sample(parts.group(1), labels, Double.parseDouble(parts.group(3)));
    }

    /** The only sample of that name with these labels, given as name, value, name, value, … */
    double value(String name, String... labels) {
        List<Double> values = samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.has(labels))
                .map(Sample::value)
                .toList();
        if (values.size() != 1) {
            throw new AssertionError(values.size() + " samples of " + name + " with " + List.of(labels) + " among\n"
                    + String.join("\n", samples.stream().map(Sample::toString).toList()));
        }
        return values.getFirst();
    }

    /** The samples of a metric: of a histogram those that end in _bucket, _count and _sum. */
    List<Sample> samplesOf(String metric) {
        List<String> names = "histogram".equals(types.get(metric))
                ? List.of(metric + "_bucket", metric + "_count", metric + "_sum")
                : List.of(metric);
        return samples.stream().filter(sample -> names.contains(sample.name())).toList();
    }

    record Sample(String name, Map<String, String> labels, double value) {
        private boolean has(String... wanted) {
            for (int i = 0; i < wanted.length; i += 2) {
                if (!wanted[i + 1].equals(labels.get(wanted[i]))) {
                    return false;
                }
            }
            return true;
        }
    }
}
