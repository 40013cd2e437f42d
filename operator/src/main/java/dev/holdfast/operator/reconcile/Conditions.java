package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A status's conditions, as they will be: the time of a transition stays unless the status changes. */
final class Conditions {

    private final List<Condition> before;
    private final long generation;
    private final Clock wallClock;
    private final List<Condition> after = new ArrayList<>();

    Conditions(List<Condition> before, long generation, Clock wallClock) {
        this.before = before;
        this.generation = generation;
        this.wallClock = wallClock;
    }

    Conditions set(String type, boolean status, String reason, String message) {
        String value = status ? "True" : "False";
        String since = find(before, type)
                .filter(condition -> condition.getStatus().equals(value))
                .map(Condition::getLastTransitionTime)
                .orElseGet(() ->
                        wallClock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        after.add(new ConditionBuilder()
                .withType(type)
                .withStatus(value)
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build());
        return this;
    }

    List<Condition> list() {
        return List.copyOf(after);
    }

    static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findAny();
    }

    static boolean isTrue(List<Condition> conditions, String type) {
        return find(conditions, type)
                .filter(condition -> condition.getStatus().equals("True"))
                .isPresent();
    }
}
