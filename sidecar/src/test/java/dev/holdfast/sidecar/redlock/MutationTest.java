package dev.holdfast.sidecar.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Checks the checks: with any one rule broken, some schedule must break an invariant that the same schedule keeps with all
 * rules. A rule that could be broken unnoticed would be superfluous, or the simulation blind.
 */
class MutationTest {

    private static final int MOST_SCHEDULES = Integer.getInteger("mutation.schedules", 300);
    private static final int THREADS = 2;

    /** Where a broken rule was noticed. */
    private record Finding(Mutant mutant, String by, String violation, String harm) {
        boolean isFound() {
            return !violation.isEmpty();
        }
    }

    @Test
    void everyBrokenRuleIsNoticed() throws InterruptedException, ExecutionException {
        List<Finding> findings = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Finding>> searches = new ArrayList<>();
            for (Mutant mutant : Mutant.all()) {
                searches.add(executor.submit(() -> search(mutant)));
            }
            for (Future<Finding> search : searches) {
                findings.add(search.get());
            }
        }
        StringBuilder table = new StringBuilder("| rule | found by | as | harm to applications |\n|---|---|---|---|\n");
        findings.forEach(finding -> table.append("| %s | %s | %s | %s |%n"
                .formatted(finding.mutant.rule(), finding.by, finding.violation, finding.harm)));
        System.out.println(table);
        assertThat(findings)
                .filteredOn(finding -> !finding.isFound())
                .extracting(finding -> finding.mutant.rule())
                .as("rules that can be broken unnoticed")
                .isEmpty();
    }

    private static Finding search(Mutant mutant) {
        if (TargetedSchedules.has(mutant.rule())) {
            return targeted(mutant);
        }
        int schedules = 0;
        for (long seed = 1; schedules < MOST_SCHEDULES; seed++) {
            Settings settings = Settings.of(seed);
            if (mutant.needs(settings)) {
                schedules++;
                Simulation broken =
                        new Simulation(settings, mutant.client(), mutant.node().apply(settings));
                String violation = violation(broken);
                if (!violation.isEmpty()) {
                    assertThat(violation(Simulation.of(seed)))
                            .as("seed %d with all rules", seed)
                            .isEmpty();
                    return new Finding(mutant, at(schedules, seed), violation, harm(mutant));
                }
            }
        }
        return new Finding(mutant, "nothing in " + schedules + " schedules", "", "");
    }

    private static String at(int schedules, long seed) {
        return "random schedule " + schedules + " (seed " + seed + ")";
    }

    /** What applications would suffer, if the simulation did not look at nodes and validities. */
    private static String harm(Mutant mutant) {
        int schedules = 0;
        for (long seed = 1; schedules < MOST_SCHEDULES; seed++) {
            Settings settings = Settings.of(seed);
            if (mutant.needs(settings)) {
                schedules++;
                Simulation broken =
                        new Simulation(settings, mutant.client(), mutant.node().apply(settings));
                broken.onlyOutcomes = true;
                String violation = violation(broken);
                if (!violation.isEmpty()) {
                    return violation + ", " + at(schedules, seed);
                }
            }
        }
        return "none in " + schedules + " schedules";
    }

    private static Finding targeted(Mutant mutant) {
        Settings settings = Settings.of(1);
        String unbroken = TargetedSchedules.run(mutant.rule(), SafetyRules.ALL, NodeRules.ALL);
        assertThat(unbroken).as("%s, with all rules", mutant.rule()).isNull();
        NodeRules nodeRules = mutant.node().apply(settings);
        String broken = TargetedSchedules.run(mutant.rule(), mutant.client().apply(settings), nodeRules);
        return new Finding(mutant, "targeted schedule", broken == null ? "" : broken, "the same");
    }

    private static String violation(Simulation simulation) {
        try {
            simulation.run();
            return "";
        } catch (Violation violation) {
            return String.valueOf(violation.getMessage());
        }
    }

    /** The rules that clients keep, by the names of their functions; whoever adds one must break it here. */
    @Test
    void everyRuleOfClientsIsBrokenSomewhere() {
        List<String> rules = Arrays.stream(SafetyRules.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .distinct()
                .toList();
        List<String> broken = new ArrayList<>();
        for (Mutant mutant : Mutant.all()) {
            for (var method : mutant.client().apply(Settings.of(1)).getClass().getDeclaredMethods()) {
                broken.add(method.getName());
            }
        }
        assertThat(broken).containsAll(rules);
    }

    @Test
    void everyRuleOfNodesIsBrokenSomewhere() {
        List<String> rules = Arrays.stream(NodeRules.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .distinct()
                .toList();
        List<String> broken = new ArrayList<>(List.of("keepMillis"));
        for (Mutant mutant : Mutant.all()) {
            for (var method : mutant.node().apply(Settings.of(1)).getClass().getDeclaredMethods()) {
                broken.add(method.getName());
            }
        }
        assertThat(broken).containsAll(rules);
    }
}
