package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import java.util.Optional;

/**
 * How far the admission of a node set's first nodes has come, as its condition Admitted tells.
 *
 * @param isOver whether sidecars may be told the addresses
 */
record Admission(boolean isOver, String reason, String message) {

    static final String CONDITION = "Admitted";

    private static final String ADMITTING = "Admitting";
    private static final String LEFT_TO_SIDECARS = "LeftToSidecars";

    static Admission starting(String message) {
        return new Admission(false, "NodesStarting", message);
    }

    static Admission refused(String message) {
        return new Admission(false, "ObjectRefused", message);
    }

    /** Recorded before the first node is admitted: from then on nobody else may take the nodes for new. */
    static Admission begun() {
        return new Admission(false, ADMITTING, "all nodes are ready and are being admitted");
    }

    static Admission fresh() {
        return new Admission(true, "Fresh", "all nodes were new");
    }

    /** Each node votes after its quarantine. */
    static Admission leftToSidecars(String message) {
        return new Admission(true, LEFT_TO_SIDECARS, message);
    }

    static Optional<Admission> recorded(RedisNodeSet set) {
        return Optional.ofNullable(set.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), CONDITION))
                .map(condition -> new Admission(
                        condition.getStatus().equals("True"), condition.getReason(), condition.getMessage()));
    }

    boolean isBegun() {
        return reason.equals(ADMITTING);
    }
}
