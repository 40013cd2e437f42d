package dev.holdfast.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a query in Prometheus's language names. That it can be parsed is for Prometheus to say. */
record Query(String text) {

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]|\\boffset\\s+\\w+");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|on|without|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern COUNTED = Pattern.compile("\\b(rate|increase)\\s*\\(\\s*([a-zA-Z_:][\\w:]*)");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** Label names that a scrape adds, and the bound of a histogram's bucket. */
    private static final Set<String> OF_EVERY_SCRAPE = Set.of("namespace", "pod", "instance", "le");

    /** Series that it selects. */
    Set<String> series() {
        var series = new TreeSet<String>();
        selectors().forEach(selector -> series.add(selector.series()));
        return series;
    }

    /** Labels by which it groups or joins. */
    Set<String> groupings() {
        var labels = new TreeSet<String>();
        GROUPING.matcher(text).results().forEach(list -> {
            for (var label : list.group(1).split(",", -1)) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
        });
        return labels;
    }

    /** What of it the reference does not know, each in a sentence. */
    List<String> unknownTo(MetricsReference reference) {
        var complaints = new ArrayList<String>();
        var labels = new TreeSet<>(OF_EVERY_SCRAPE);
        for (var selector : selectors()) {
            var metric = reference.metricOf(selector.series());
            var own = reference.labels().get(metric);
            if (own == null) {
                complaints.add("no metric " + selector.series());
                continue;
            }
            labels.addAll(own);
            MATCHER.matcher(selector.matchers()).results().forEach(matcher -> {
                var label = matcher.group(1);
                if (!own.contains(label) && !OF_EVERY_SCRAPE.contains(label)) {
                    complaints.add("no label " + label + " of " + metric);
                }
                var known = reference.values().getOrDefault(label + ' ' + metric, Set.of());
                for (var value : matcher.group(3).split("\\|", -1)) {
                    // The rest is a dashboard's variable.
                    if (!value.startsWith("$") && !known.contains(value)) {
                        complaints.add("no value " + value + " of " + label + " of " + metric);
                    }
                }
            });
        }
        groupings().stream()
                .filter(label -> !labels.contains(label))
                .forEach(label -> complaints.add("no label " + label + " to group by"));
        COUNTED.matcher(text).results().forEach(call -> {
            var type = reference.types().get(reference.metricOf(call.group(2)));
            if (!"counter".equals(type) && !"histogram".equals(type)) {
                complaints.add(call.group(1) + " of a " + type + ", " + call.group(2));
            }
        });
        return complaints;
    }

    private List<Selector> selectors() {
        var rest = RANGE.matcher(GROUPING.matcher(text).replaceAll(" ")).replaceAll(" ");
        var found = new ArrayList<Selector>();
        var names = SELECTOR.matcher(rest);
        int from = 0;
        while (names.find(from)) {
            from = names.end();
            boolean isCall = rest.substring(from).stripLeading().startsWith("(");
            boolean isInNumberOrString = names.start() > 0 && isPartOfAWord(rest, names.start());
            if (!isCall && !isInNumberOrString && !WORDS.contains(names.group(1))) {
                found.add(new Selector(names.group(1), names.group(2) == null ? "" : names.group(2)));
            }
        }
        return found;
    }

    private static boolean isPartOfAWord(String text, int start) {
        return Character.isDigit(text.charAt(start - 1))
                || STRING.matcher(text).results().anyMatch(string -> string.start() < start && start < string.end());
    }

    private record Selector(String series, String matchers) {}
}
