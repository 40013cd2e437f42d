package dev.holdfast.sidecar.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogSettingsTest {

    @Test
    void withoutSettingsItIsJsonFromInfoOn() {
        LogSettings settings = LogSettings.read(Map.of());

        assertThat(settings.format()).isInstanceOf(JsonFormat.class);
        assertThat(settings.levels().of("any")).isEqualTo(Level.INFO);
        assertThat(settings.mistakes()).isEmpty();
    }

    @Test
    void theLongestNameDecides() {
        Levels levels = LogSettings.read(Map.of("HOLDFAST_LOG_LEVEL", "warn, io.netty=ERROR, io.netty.handler=Debug"))
                .levels();

        assertThat(levels.of("election")).isEqualTo(Level.WARN);
        assertThat(levels.of("io.netty")).isEqualTo(Level.ERROR);
        assertThat(levels.of("io.netty.channel.Channel")).isEqualTo(Level.ERROR);
        assertThat(levels.of("io.netty.handler.ssl.Ssl")).isEqualTo(Level.DEBUG);
        assertThat(levels.of("io.nettys")).isEqualTo(Level.WARN);
    }

    @Test
    void aMistakeIsToldAndTheRestStands() {
        LogSettings settings =
                LogSettings.read(Map.of("HOLDFAST_LOG_FORMAT", "xml", "HOLDFAST_LOG_LEVEL", "LOUD,http=DEBUG"));

        assertThat(settings.format()).isInstanceOf(JsonFormat.class);
        assertThat(settings.levels().of("election")).isEqualTo(Level.INFO);
        assertThat(settings.levels().of("http")).isEqualTo(Level.DEBUG);
        assertThat(settings.mistakes())
                .hasSize(2)
                .anySatisfy(mistake -> assertThat(mistake).contains("\"xml\"", "json or text"))
                .anySatisfy(mistake -> assertThat(mistake).contains("\"LOUD\"", "TRACE"));
    }
}
