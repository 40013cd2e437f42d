package dev.holdfast.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "10s, PT10S",
        "2m, PT2M",
        "1h, PT1H",
        "1m30s, PT1M30S",
        "1h2m3s4ms, PT1H2M3.004S",
        "0s, PT0S",
        "90s, PT1M30S"
    })
    void readsUnitsFromLargeToSmall(String text, Duration expected) {
        assertThat(DurationText.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10", "10 s", "-1s", "1.5s", "s", "30s1m", "1s1s", "1d", "10S", "99999999999999999999s"})
    void refusesAnythingElse(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"250ms", "10s", "2m", "1h", "1m30s", "1h2m3s4ms", "0s"})
    void writesWhatItReads(String text) {
        assertThat(DurationText.parse(text).map(DurationText::format)).contains(text);
    }
}
