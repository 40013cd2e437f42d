package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That what alerts and dashboard name is looked up finds mistakes. */
class QueryTest {

    @Test
    void namesItsSeriesAndLabels() {
        var query = new Query("""
                histogram_quantile(0.99, sum by (lock, le) (rate(holdfast_lock_wait_duration_seconds_bucket{lock=~"$lock"}[5m])))
                unless on (namespace) (holdfast_nodes{state="Voting"} offset 5m > bool 2e3) or vector(0)""");

        assertThat(query.series()).containsExactly("holdfast_lock_wait_duration_seconds_bucket", "holdfast_nodes");
        assertThat(query.groupings()).containsExactly("le", "lock", "namespace");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sum(holdfast_lock_hold); no metric holdfast_lock_hold",
                "holdfast_lock_held_bucket; no metric holdfast_lock_held_bucket",
                "a or holdfast_lock_held; no metric a",
                "holdfast_lock_held{node=\"1\"}; no label node of holdfast_lock_held",
                "holdfast_lock_state{state=~\"Leading|Voting\"}; no value Voting of state of holdfast_lock_state",
                "holdfast_admissions_total{reason=\"fault\"}; no value fault of reason of holdfast_admissions_total",
                "sum by (node) (holdfast_lock_held); no label node to group by",
                "rate(holdfast_lock_held[5m]); rate of a gauge",
            })
    void saysWhatTheReferenceDoesNotKnow(String query, String complaint) throws IOException {
        assertThat(new Query(query).unknownTo(MetricsReference.read()))
                .anySatisfy(said -> assertThat(said).startsWith(complaint));
    }
}
