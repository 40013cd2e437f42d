package dev.holdfast.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContestTest {

    private static final String SINCE = "2026-01-01T12:00:00Z";

    @Test
    void theGreatestTokenCameLast() {
        Contest contest = Contest.of("payments", List.of(holding("a", 7, SINCE, null), holding("b", 9, SINCE, null)));

        assertThat(contest.holder().orElseThrow().token()).isEqualTo(9);
        assertThat(contest.claims())
                .singleElement()
                .satisfies(pod -> assertThat(pod.getMetadata().getName()).isEqualTo("a"));
    }

    @Test
    void aSidecarThatEndedSinceHoldsNoMore() {
        Pod ended = holding("a", 7, SINCE, "2026-01-01T12:00:05Z");

        assertThat(Contest.of("payments", List.of(ended)).holder()).isEmpty();
    }

    /** The API server asks nobody for the time of a condition. */
    @Test
    void withoutATimeNothingIsProved() {
        Pod untimed = holding("a", 7, null, "2026-01-01T12:00:05Z");

        assertThat(Contest.of("payments", List.of(untimed))
                        .holder()
                        .orElseThrow()
                        .token())
                .isEqualTo(7);
    }

    private static Pod holding(String name, long token, @Nullable String since, @Nullable String ended) {
        var status = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("holdfast.dev/payments")
                .withStatus("True")
                .withMessage("holds payments with fencing token " + token)
                .withLastTransitionTime(since)
                .endCondition();
        if (ended != null) {
            status.addNewInitContainerStatus()
                    .withName("holdfast")
                    .withNewState()
                    .withNewTerminated()
                    .withFinishedAt(ended)
                    .endTerminated()
                    .endState()
                    .endInitContainerStatus();
        }
        return status.endStatus().build();
    }
}
