package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each alert asks for what is exported, and says what it is about and what to do. */
class AlertsTest {

    private static final String RUNBOOKS = "docs/how-to/alerts.md";
    private static final Pattern LABEL = Pattern.compile("\\$labels\\.(\\w+)");
    private static final Pattern SOUGHT = Pattern.compile("kubectl .* logs .* grep (?:-E )?'([^'\"]+)'");
    private static final Pattern HEADING = Pattern.compile("(?m)^### (\\w+)$");

    @Test
    void asksForWhatTheReferenceOfMetricsHas() throws IOException {
        var reference = MetricsReference.read();

        assertThat(Alert.all()).hasSizeGreaterThan(10).allSatisfy(alert -> {
            assertThat(alert.query().series()).as(alert.name()).isNotEmpty();
            assertThat(alert.query().unknownTo(reference)).as(alert.name()).isEmpty();
        });
    }

    @Test
    void saysWhatItIsAboutAndWhatToDo() throws IOException {
        assertThat(Alert.all()).allSatisfy(alert -> {
            assertThat(alert.name()).startsWith("Holdfast");
            assertThat(alert.severity()).as(alert.name()).isIn("critical", "warning");
            assertThat(alert.annotation("summary")).as(alert.name()).isNotBlank();
            assertThat(alert.annotation("description")).as(alert.name()).hasSizeGreaterThan(100);
            assertThat(alert.annotation("runbook_url"))
                    .endsWith('/' + RUNBOOKS + '#' + alert.name().toLowerCase(Locale.ROOT));
        });
        assertThat(Alert.all()).extracting(Alert::name).doesNotHaveDuplicates();
    }

    /** A label that the query does not leave would be an empty place in a sentence. */
    @Test
    void namesOnlyWhatItsQueryLeaves() throws IOException {
        for (var alert : Alert.all()) {
            var text = alert.annotation("summary") + alert.annotation("description");
            var left = alert.query().groupings();
            if (!alert.query().text().contains(" by ")) {
                // Not aggregated: all labels of the series stay.
                alert.query().series().forEach(series -> left.addAll(List.of("namespace", "pod", "kind")));
            }
            assertThat(LABEL.matcher(text).results().map(label -> label.group(1)))
                    .as(alert.name())
                    .allSatisfy(label -> assertThat(left).contains(label));
        }
    }

    @Test
    void hasItsPartOfTheRunbookAndThatNoOther() throws IOException {
        var page = Files.readString(Project.ROOT.resolve(RUNBOOKS));
        var headings =
                HEADING.matcher(page).results().map(heading -> heading.group(1)).toList();

        assertThat(headings)
                .containsExactlyElementsOf(Alert.all().stream().map(Alert::name).toList());
        for (var part : page.split("(?m)^### ", -1)) {
            var name = part.lines().findFirst().orElseThrow();
            if (headings.contains(name)) {
                assertThat(part)
                        .as(name)
                        .contains("**What it means.**", "**What users feel.**", "**Look.**", "**Do.**");
            }
        }
    }

    /** The page's table of all alerts, with their severities and for how long they wait. */
    @Test
    void isInTheListOfTheRunbook() throws IOException {
        var page = Files.readString(Project.ROOT.resolve(RUNBOOKS));

        assertThat(Alert.all())
                .allSatisfy(alert -> assertThat(page)
                        .contains("| [`%s`](#%s) | %s | %s |"
                                .formatted(
                                        alert.name(),
                                        alert.name().toLowerCase(Locale.ROOT),
                                        alert.severity(),
                                        alert.rule().path("for").asText("at once"))));
    }

    /** A line of a log that nobody writes is never found, when it is looked for in earnest. */
    @Test
    void theRunbookLooksForWhatIsLogged() throws IOException {
        var code = new StringBuilder();
        for (var module : List.of("sidecar", "operator")) {
            try (var files = Files.walk(Project.ROOT.resolve(module).resolve("src/main/java"))) {
                for (var file :
                        files.filter(it -> it.toString().endsWith(".java")).toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        var sought = SOUGHT.matcher(Files.readString(Project.ROOT.resolve(RUNBOOKS)))
                .results()
                .flatMap(line -> Stream.of(line.group(1).split("\\|", -1)))
                .toList();

        assertThat(sought)
                .hasSizeGreaterThan(4)
                .allSatisfy(text -> assertThat(code).containsPattern("log\\(\"[^\"]*" + Pattern.quote(text)));
    }
}
