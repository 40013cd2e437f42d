package dev.holdfast.operator.manifests;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Amounts as people write them, brought to the form in which the API server keeps them: else it seems to change them. */
final class Quantities {

    private static final BigDecimal KILO = BigDecimal.valueOf(1000);
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final List<String> DECIMAL = List.of("", "k", "M", "G", "T", "P", "E");
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> SMALL = List.of("m", "u", "n");

    private Quantities() {}

    /** @param asked by resource name; wins over the default */
    static Map<String, Quantity> of(Map<String, Quantity> defaults, Map<String, String> asked) {
        Map<String, Quantity> merged = new HashMap<>(defaults);
        asked.forEach((name, amount) -> merged.put(name, canonical(amount)));
        return merged;
    }

    /**
     * The whole number with the largest unit.
     *
     * @throws IllegalArgumentException if it is no quantity
     */
    static Quantity canonical(String text) {
        Quantity quantity = Quantity.parse(text);
        String format = quantity.getFormat();
        if (format.matches("[eE][-+]?\\d+")) {
            return quantity;
        }
        BigDecimal number = quantity.getNumericalAmount();
        return format.endsWith("i") ? largest(number, KIBI, BINARY) : smallest(number);
    }

    private static Quantity smallest(BigDecimal number) {
        BigDecimal whole = number;
        String unit = "";
        for (String smaller : SMALL) {
            if (isWhole(whole)) {
                break;
            }
            whole = whole.multiply(KILO);
            unit = smaller;
        }
        return unit.isEmpty()
                ? largest(whole, KILO, DECIMAL)
                : new Quantity(whole.stripTrailingZeros().toPlainString(), unit);
    }

    private static Quantity largest(BigDecimal number, BigDecimal step, List<String> units) {
        BigDecimal whole = number;
        int unit = 0;
        while (whole.signum() != 0 && unit < units.size() - 1 && isWhole(whole.divide(step))) {
            whole = whole.divide(step);
            unit++;
        }
        return new Quantity(whole.stripTrailingZeros().toPlainString(), units.get(unit));
    }

    private static boolean isWhole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }
}
