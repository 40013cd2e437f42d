package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.local.LocalFailure.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void localHasDefaults() throws Usage {
        assertThat(parse("local")).isEqualTo(new Options.Local(List.of(), 3, OptionalInt.empty(), 4040, null));
    }

    @Test
    void localTakesSeveralFiles() throws Usage {
        assertThat(parse("local -f a.yaml -f b.yaml --pods 5 --nodes 7 --port 5000 --redis-server /r"))
                .isEqualTo(new Options.Local(
                        List.of(Path.of("a.yaml"), Path.of("b.yaml")), 5, OptionalInt.of(7), 5000, "/r"));
    }

    @Test
    void theEnvironmentNamesARedisServerTheOptionAnother() throws Usage {
        assertThat(Options.parse(List.of("demo"), "/env")).isEqualTo(new Options.Demo("/env"));
        assertThat(Options.parse(List.of("demo", "--redis-server", "/option"), "/env"))
                .isEqualTo(new Options.Demo("/option"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dmo | unknown command \"dmo\"; known: demo, local",
                "demo --pods 3 | unknown option \"--pods\" of demo; known: --redis-server",
                "local --pod 3 | unknown option \"--pod\" of local; known: -f, --pods, --nodes, --port, --redis-server",
                "local --pods | option --pods needs a value",
                "local --pods 0 | --pods is \"0\"; write a number from 1 to 20",
                "local --pods many | --pods is \"many\"; write a number from 1 to 20",
                "local --nodes 4 | --nodes is 4; write 1, 3, 5, 7 or 9",
                "local --port 80 | --port is \"80\"; write a number from 1024 to 65000",
            })
    void aWrongOptionIsOneClearLine(String line, String complaint) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(Usage.class).hasMessage(complaint);
    }

    private static Options parse(String line) throws Usage {
        return Options.parse(List.of(line.split(" ")), null);
    }
}
