package dev.holdfast.sidecar.redlock;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.ExecutionException;

/**
 * Runs any number of schedules by hand, and prints what happened as a table for a Markdown page.
 *
 * <p>System properties: {@code simulation.schedules} (1,000,000), {@code simulation.first} (1, the first seed),
 * {@code simulation.threads} (2).
 */
final class SimulationMain {

    private SimulationMain() {}

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        long first = Long.getLong("simulation.first", 1);
        long schedules = Long.getLong("simulation.schedules", 1_000_000);
        Campaign campaign = Campaign.run(first, schedules, Integer.getInteger("simulation.threads", 2));
        System.out.println("Run on " + LocalDate.now(ZoneId.systemDefault()) + ", seeds " + first + " to "
                + (first + schedules - 1) + ":");
        System.out.println();
        System.out.println(campaign.summary());
        System.exit(campaign.failures().isEmpty() ? 0 : 1);
    }
}
