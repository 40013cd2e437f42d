package dev.holdfast.sidecar.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.redlock.Statistics.Count;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/**
 * Runs the engine through random schedules of faults and checks the protocol's invariants after each event.
 *
 * <p>{@code -Dsimulation.seed=…} replays one schedule, {@code -Dsimulation.log=true} prints what its nodes were asked,
 * {@code -Dsimulation.schedules=…} runs so many.
 */
class SimulationTest {

    private static final int THREADS = 2;

    @Test
    void invariantsHoldInEverySchedule() throws InterruptedException, ExecutionException {
        Campaign campaign = Campaign.run(1, Long.getLong("simulation.schedules", 4000), THREADS);
        System.out.println(campaign.summary());
        assertThat(campaign.failures()).as("%s", campaign.summary()).isEmpty();
    }

    @Test
    void everyKindOfFaultHappens() throws InterruptedException, ExecutionException {
        Campaign campaign = Campaign.run(1, 200, THREADS);
        for (Count count : Count.values()) {
            assertThat(campaign.statistics().get(count)).as(count.text).isPositive();
        }
    }

    @Test
    void oneSchedule() {
        Simulation simulation = Simulation.of(Long.getLong("simulation.seed", 1));
        simulation.run();
        assertThat(simulation.statistics.get(Count.EVENTS)).isPositive();
    }

    @Test
    void aSeedGivesTheSameScheduleAgain() {
        for (long seed = 1; seed <= 40; seed++) {
            Simulation once = Simulation.of(seed);
            once.run();
            Simulation again = Simulation.of(seed);
            again.run();
            assertThat(again.trace()).as("seed %d", seed).isEqualTo(once.trace());
        }
    }
}
