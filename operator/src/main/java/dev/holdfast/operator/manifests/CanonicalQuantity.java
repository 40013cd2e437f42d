package dev.holdfast.operator.manifests;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/**
 * Quantities as the API server writes them: without a fraction, with the largest suffix of the kind that was used. Where it
 * is asked for another form of the same amount, it keeps its own, and the two would never look equal.
 */
final class CanonicalQuantity {

    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
    private static final int NANO = 9;
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final BigInteger KILO = BigInteger.valueOf(1000);

    private CanonicalQuantity() {}

    /** Throws an IllegalArgumentException if it is no quantity. */
    static Quantity of(String text) {
        Quantity given = new Quantity(text);
        String suffix = given.getFormat() == null ? "" : given.getFormat();
        boolean isBinary = BINARY.indexOf(suffix) > 0;
        BigDecimal amount = isBinary
                ? new BigDecimal(given.getAmount()).multiply(new BigDecimal(KIBI.pow(BINARY.indexOf(suffix))))
                : Quantity.getAmountInBytes(given);
        if (isBinary && isLargeAndWhole(amount)) {
            return new Quantity(shorten(amount.toBigIntegerExact(), KIBI, BINARY));
        }
        BigInteger nano =
                amount.scaleByPowerOfTen(NANO).setScale(0, RoundingMode.CEILING).toBigIntegerExact();
        if (suffix.toLowerCase(Locale.ROOT).matches("e[-+]?\\d+")) {
            return new Quantity(exponent(nano));
        }
        return new Quantity(shorten(nano, KILO, DECIMAL));
    }

    private static boolean isLargeAndWhole(BigDecimal amount) {
        return amount.abs().compareTo(new BigDecimal(KIBI)) >= 0
                && amount.stripTrailingZeros().scale() <= 0;
    }

    private static String shorten(BigInteger number, BigInteger base, List<String> suffixes) {
        BigInteger rest = number;
        int suffix = 0;
        while (rest.signum() != 0
                && suffix < suffixes.size() - 1
                && rest.mod(base).signum() == 0) {
            rest = rest.divide(base);
            suffix++;
        }
        return number.signum() == 0 ? "0" : rest + suffixes.get(suffix);
    }

    private static String exponent(BigInteger nano) {
        BigInteger rest = nano;
        int exponent = -NANO;
        while (rest.signum() != 0 && rest.mod(KILO).signum() == 0) {
            rest = rest.divide(KILO);
            exponent += 3;
        }
        return rest + (exponent == 0 || rest.signum() == 0 ? "" : "e" + exponent);
    }
}
