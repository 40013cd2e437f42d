package dev.holdfast.sidecar.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.kubernetes.PodStatus.Outcome;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerAnswerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "200 | {\"kind\":\"Pod\"} | Patched",
                "404 | {\"reason\":\"NotFound\",\"message\":\"pods \\\"a\\\" not found\"} | PodGone",
                "404 | <html>no route</html> | Refused",
                "409 | {\"message\":\"Precondition failed: UID in precondition: a, UID in object meta: b\"} | PodGone",
                "409 | {\"message\":\"the object has been modified\"} | Refused",
                "422 | {\"message\":\"metadata.uid: Invalid value: field is immutable\"} | PodGone",
                "422 | {\"message\":\"status.conditions[0].type: Invalid value\"} | Refused",
                "422 | {\"message\":\"denied request: only conditions of its own uid may change\"} | Refused",
                "401 | {\"message\":\"Unauthorized\"} | Refused",
                "403 | {\"message\":\"forbidden: no uid rule\"} | Refused",
                "429 | ~~ | Refused",
                "503 | [] | Refused",
            })
    void tellsAPodThatIsGoneFromTroubleThatPasses(int status, String body, String expected) {
        Outcome outcome = ApiServerAnswer.of(status, Buffer.buffer(body));
        assertThat(outcome.getClass().getSimpleName()).isEqualTo(expected);
    }
}
