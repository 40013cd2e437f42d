package dev.holdfast.operator.manifests;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.HashMap;
import java.util.Map;

/** Amounts as people write them. */
final class Quantities {

    private Quantities() {}

    /** @param asked by resource name; wins over the default */
    static Map<String, Quantity> of(Map<String, Quantity> defaults, Map<String, String> asked) {
        Map<String, Quantity> merged = new HashMap<>(defaults);
        asked.forEach((name, amount) -> merged.put(name, of(name, amount)));
        return merged;
    }

    /** Throws an IllegalArgumentException that says what to write if it is no quantity. */
    static Quantity of(String name, String amount) {
        try {
            return CanonicalQuantity.of(amount);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + " is \"" + amount + "\", which is no quantity; write one such as 500m or 128Mi", e);
        }
    }
}
