package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts by name, as they run on a node. The arrays are handed to Jedis only, which reads them. */
@SuppressWarnings("ImmutableEnumChecker")
enum Script {
    LOCK,
    STATUS,
    READMIT,
    ADMIT;

    private final byte[] text = load(name().toLowerCase(Locale.ROOT) + ".lua");
    private final byte[] sha = sha(text);

    byte[] text() {
        return text;
    }

    byte[] sha() {
        return sha;
    }

    private static byte[] load(String name) {
        try (InputStream in = Script.class.getResourceAsStream("lua/" + name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sha(byte[] text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
