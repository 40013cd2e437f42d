package dev.holdfast.operator.manifests;

import java.util.Map;

/** The labels of everything that the operator makes. */
public final class Labels {

    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String HOLDFAST = "holdfast";
    /** Selects what the operator made, and nothing else. */
    public static final String SELECTOR = MANAGED_BY + '=' + HOLDFAST;

    public static final String NODE_SET = "holdfast.dev/node-set";
    public static final String SLOT = "holdfast.dev/slot";

    private static final String NAME = "app.kubernetes.io/name";
    private static final String INSTANCE = "app.kubernetes.io/instance";

    /** Of the operator's own pods; the chart sets it. */
    static final Map<String, String> OPERATOR = Map.of(NAME, HOLDFAST, "app.kubernetes.io/component", "operator");

    private Labels() {}

    static Map<String, String> ofNodeSet(String set) {
        return Map.of(MANAGED_BY, HOLDFAST, NAME, "holdfast-redis", INSTANCE, set, NODE_SET, set);
    }

    static Map<String, String> ofNode(String set, int slot) {
        return Map.of(
                MANAGED_BY,
                HOLDFAST,
                NAME,
                "holdfast-redis",
                INSTANCE,
                set,
                NODE_SET,
                set,
                SLOT,
                Integer.toString(slot));
    }

    static Map<String, String> ofLock(String lock) {
        return Map.of(MANAGED_BY, HOLDFAST, NAME, "holdfast-lock", INSTANCE, lock);
    }
}
