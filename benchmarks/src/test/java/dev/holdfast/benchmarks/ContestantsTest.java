package dev.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contestant that runs in this process works; how fast is not a test's business. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContestantsTest {
    private final Contestants all = new Contestants(Path.of("."));
    private final Processes processes = new Processes();
    private Testbed testbed = new Testbed(List.of(), List.of(), 0, "", processes);

    @BeforeAll
    void startServers(@TempDir Path folder) throws Exception {
        testbed = new Servers(Options.parse(List.of()), folder, processes).start();
    }

    @AfterAll
    void killServers() {
        processes.close();
    }

    Stream<Contestant> contestants() {
        return Stream.of(
                all.rawDelete,
                all.rawCompare,
                all.sequentialJedis,
                all.redissonLock,
                all.redissonRedLock,
                all.etcd,
                all.holdfast);
    }

    @ParameterizedTest
    @MethodSource("contestants")
    void takesAndReleasesTheSameKeyAgainAndAgain(Contestant contestant) throws Exception {
        // Given
        assumeTrue(contestant.missing().isEmpty(), () -> contestant.missing().orElse(""));
        contestant.prepare(testbed);
        try (var pairs = contestant.pairs(testbed)) {
            // When
            var nanos = pairs.latencies(Duration.ofMillis(50));

            // Then
            assertThat(nanos).isNotEmpty();
        }
    }
}
