package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The project's pages: what they show of files is what stands there, and their links lead somewhere. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DOCS = ROOT.resolve("docs");
    private static final Pattern INCLUDED =
            Pattern.compile("<!-- the text of (\\S+) -->\n(?:\n```\\w*\n.*?\n```\n)?", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");

    private static final String FOOT = "\n---\n";
    private static final Pattern SAYS_WHAT_WAS_RUN =
            Pattern.compile("^(Run: |No commands on this page)", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    /** What looks like a link in it is none. */
    private static final Pattern CODE = Pattern.compile("`[^`\\n]+`");

    /** After a change of the files: {@code mvn -pl crds,sidecar,local test -Dtest=DocumentsTest -Ddocs.update}. */
    @Test
    void filesAreShownAsTheyAre() throws IOException {
        var including = new ArrayList<Path>();
        for (var page : pages()) {
            var text = Files.readString(page);
            var included =
                    INCLUDED.matcher(text).replaceAll(found -> Matcher.quoteReplacement(include(found.group(1))));
            if (INCLUDED.matcher(text).find()) {
                including.add(page);
            }
            if (System.getProperty("docs.update") != null && !included.equals(text)) {
                Files.writeString(page, included);
            }
            assertThat(Files.readString(page)).as(page.toString()).isEqualTo(included);
        }
        assertThat(including).isNotEmpty();
    }

    private static String include(String file) {
        try {
            var language = file.substring(file.lastIndexOf('.') + 1).replace("py", "python");
            return "<!-- the text of %s -->\n\n```%s\n%s```\n"
                    .formatted(file, language, Files.readString(ROOT.resolve(file)));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        var broken = new ArrayList<String>();
        int links = 0;
        for (var page : pages()) {
            var matcher = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
            while (matcher.find()) {
                var target = matcher.group(1);
                if (!target.contains(":")) {
                    links++;
                    if (!Files.exists(page.resolveSibling(target))) {
                        broken.add(page + ": " + target);
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isPositive();
    }

    @Test
    void everyPageIsInTheIndex() throws IOException {
        var index = DOCS.resolve("README.md");
        var listed = LINK.matcher(Files.readString(index))
                .results()
                .map(link -> index.resolveSibling(link.group(1)).normalize())
                .collect(Collectors.toSet());

        assertThat(pages())
                .filteredOn(page -> page.startsWith(DOCS) && !page.equals(index))
                .hasSizeGreaterThan(40)
                .allMatch(page -> listed.contains(page.normalize()), "is in docs/README.md");
    }

    /** Decisions and reports tell what was done on their day. */
    @Test
    void everyPageSaysAtItsFootWhatWasRun() throws IOException {
        var tests = tests();
        assertThat(guides()).hasSizeGreaterThan(20);
        for (var page : guides()) {
            var text = Files.readString(page);
            var foot = text.substring(text.lastIndexOf(FOOT) + 1);
            assertThat(foot).as(page + ", after its last line of ---").containsPattern(SAYS_WHAT_WAS_RUN);
            assertThat(TEST.matcher(foot).results().map(name -> name.group(1)))
                    .as("tests that %s names", page)
                    .isSubsetOf(tests);
        }
    }

    private static List<Path> guides() throws IOException {
        return pages().stream()
                .filter(page -> page.startsWith(DOCS) && !page.equals(DOCS.resolve("README.md")))
                .filter(page -> !page.startsWith(DOCS.resolve("adr")) && !page.startsWith(DOCS.resolve("reports")))
                .toList();
    }

    private static Set<String> tests() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().contains("/src/test/java/"))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .filter(file -> !file.toString().contains("/.git/"))
                    .sorted()
                    .toList();
        }
    }
}
