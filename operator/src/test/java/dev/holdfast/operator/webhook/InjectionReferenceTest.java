package dev.holdfast.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.operator.webhook.Injection.Deny;
import dev.holdfast.operator.webhook.Injection.Inject;
import dev.holdfast.operator.webhook.Injection.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference of injection lists every decision with its reason, and none that is gone. */
class InjectionReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/reference/injection.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(inject|skip|deny)` \\| `([a-z-]+)` \\| .+ \\|$");

    @Test
    void listsEveryDecisionAndReason() throws IOException {
        Stream<Injection> decisions = Stream.of(
                        Stream.of(new Inject(List.of(), List.of())),
                        Stream.of(Skip.Reason.values()).map(Skip::new),
                        Stream.of(Deny.Reason.values()).map(reason -> new Deny(reason, "")))
                .flatMap(some -> some);

        assertThat(ROW.matcher(Files.readString(REFERENCE)).results().map(row -> row.group(1) + ' ' + row.group(2)))
                .containsExactlyInAnyOrderElementsOf(decisions
                        .map(injection -> injection.decision() + ' ' + injection.reasonName())
                        .toList());
    }
}
