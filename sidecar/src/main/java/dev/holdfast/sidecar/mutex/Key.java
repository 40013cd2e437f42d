package dev.holdfast.sidecar.mutex;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What is taken under a Mutex lock: any text.
 *
 * @param text as the application wrote it
 */
public record Key(String text) {

    /** In characters, as a URL writes it: what is no printable ASCII, a space or a percent sign counts as {@code %XX}. */
    private static final int LONGEST = 256;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is empty or too long, with what is allowed
     */
    public Key {
        int length = stored(text).length();
        if (length == 0 || length > LONGEST) {
            throw new IllegalArgumentException("the key has " + length + " characters, counted as a URL writes them;"
                    + " allowed: 1 to " + LONGEST);
        }
    }

    /** The key as it is part of a name on the nodes. */
    String stored() {
        return stored(text);
    }

    private static String stored(String text) {
        StringBuilder stored = new StringBuilder(text.length());
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each > ' ' && each < 0x7f && each != '%') {
                stored.append((char) each);
            } else {
                stored.append('%').append(HEX.toHexDigits(each));
            }
        }
        return stored.toString();
    }
}
