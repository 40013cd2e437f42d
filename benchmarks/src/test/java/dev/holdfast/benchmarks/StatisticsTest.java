package dev.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void percentilesAreOverAllRoundsAndMediansOfEach() {
        // Given
        var low = LongStream.rangeClosed(1, 100).toArray();
        var high = LongStream.rangeClosed(101, 200).toArray();

        // When
        var statistics = new Statistics(List.of(low, high));

        // Then
        assertThat(statistics.count()).isEqualTo(200);
        assertThat(statistics.min()).isEqualTo(1);
        assertThat(statistics.p50()).isEqualTo(100);
        assertThat(statistics.p99()).isEqualTo(198);
        assertThat(statistics.max()).isEqualTo(200);
        assertThat(statistics.lowestMedian()).isEqualTo(50);
        assertThat(statistics.medianRound()).isEqualTo(50);
        assertThat(statistics.highestMedian()).isEqualTo(150);
    }
}
